// @ts-check
/** A step of a task in words. */

/** @import {Step} from "./types.js" */
import { amount, duration, isNumber, percent, visibleLine, fraction } from "./format.js";
import { groupOf, wordOf } from "./states.js";

/** @typedef {{group: string, text: string, detail: string}} Words group: the state that gives it its colour; detail: why, where, how far */

const ASKED = { revoke: "Asked to be revoked", stop: "Asked to stop", force: "Asked to stop by force", rerun: "Asked to run again", purge: "Purged" };

/** What kind of thing it is, for those who want to see some alone. @param {Step} step @returns {string} */
export function kindOf({ kind }) {
  if (kind === "reported" || kind === "quarter") return "progress";
  if (kind === "retried" || kind === "put-back") return "retry";
  return ["asked", "seen", "told"].includes(kind) ? "action" : "state";
}

/** @param {Step} step @returns {Words} */
export function wordsOf(step) {
  const worker = visibleLine(step.worker);
  if (step.kind === "sent") return say("queued", step.queue ? `Queued in ${visibleLine(step.queue)}` : "Queued", waits("to start", step));
  if (step.kind === "received") return say("queued", worker ? `Received by ${worker}` : "Received", waits("to start", step));
  if (step.kind === "started") return say("running", `Attempt ${step.attempt} started`, began(step, worker));
  if (step.kind === "reported") return say("running", "First report", far(step));
  if (step.kind === "quarter") return say("running", `${percent(fraction(/** @type {any} */ (step)))} reported`, far(step));
  if (step.kind === "retried") return say("retrying", `Attempt ${step.attempt} failed`, joined(visibleLine(step.note), waits("again", step)));
  if (step.kind === "put-back") return say("failed", `Attempt ${step.attempt} was lost`, visibleLine(step.note));
  if (step.kind === "ended") return say(groupOf(step.state), wordOf(step.state), visibleLine(step.summary));
  return asked(step);
}

/** @param {string} group @param {string} text @param {string} detail @returns {Words} */
function say(group, text, detail) {
  return { group, text, detail };
}

/** @param {Step} step */
function asked(step) {
  const what = ASKED[/** @type {keyof typeof ASKED} */ (step.action)] ?? `Asked: ${visibleLine(step.action)}`;
  if (step.kind === "asked") return say("revoked", what, step.by ? `by ${visibleLine(step.by)}` : "");
  if (step.kind === "seen") return say("revoked", "Its worker knows of it", "");
  const done = step.outcome === "done" ? "What was asked is done" : "What was asked was not done";
  return say("revoked", step.outcome === "asked" ? what : done, visibleLine(step.why));
}

/** @param {string} what @param {Step} step */
function waits(what, step) {
  return isNumber(step.eta) && step.eta > step.at ? `${what} after ${duration(step.eta - step.at)}` : "";
}

/** @param {Step} step @param {string} worker */
function began(step, worker) {
  const overtaken = isNumber(step.overtakes) ? `attempt ${step.overtakes} had not ended: it is superseded` : "";
  return joined(worker && `on ${worker}`, overtaken);
}

/** @param {Step} step */
function far(step) {
  return joined(amount(/** @type {any} */ (step)), visibleLine(step.note));
}

/** @param {string[]} texts */
function joined(...texts) {
  return texts.filter(Boolean).join(" · ");
}
