// @ts-check
/** What happened to a task and when, in words, from the steps in its row (docs/protocol.md). */

/** @import {Row, Step} from "./types.js" */
import { amount, count, duration, isNumber, percent, visibleLine, fraction } from "./format.js";
import { groupOf, isFinal, wordOf } from "./states.js";

/**
 * @typedef {object} Moment
 * @property {string} group the state that gives it its colour
 * @property {string} text what happened
 * @property {string} detail why, where, how far
 * @property {number | null} at seconds since 1970; null where it is no moment, but says that some are left out
 * @property {number | null} after seconds since the moment before
 */

const MOST_STEPS = 60;
const ASKED = { revoke: "Asked to be revoked", stop: "Asked to stop", force: "Asked to stop by force", rerun: "Asked to run again", purge: "Purged" };

/** The steps that a row has, in their order. @param {Row} row @returns {Step[]} */
export function stepsOf(row) {
  const found = Array.from({ length: MOST_STEPS }, (_, slot) => /** @type {any} */ (row)[`step${slot}`]);
  return found.filter((step) => step && isNumber(step.n) && isNumber(step.at)).sort((a, b) => place(a) - place(b) || a.n - b.n);
}

/** What came before the start may be told of last. @param {Step} step */
function place(step) {
  if (step.kind === "sent") return 0;
  return step.kind === "received" ? step.at - 1e-6 : step.at;
}

/** @param {Row} row @returns {Moment[]} */
export function timeline(row) {
  const steps = stepsOf(row);
  const numbers = steps.map((step) => step.n).sort((a, b) => a - b);
  const missing = numbers.length ? numbers[numbers.length - 1] + 1 - numbers.length : 0;
  const afterGap = numbers.find((n, i) => n !== i);
  /** @type {Moment[]} */ const moments = [];
  for (const step of steps) {
    if (missing && step.n === afterGap) moments.push(leftOut(missing));
    moments.push({ ...words(step), at: step.at, after: null });
  }
  const newest = steps[steps.length - 1];
  if (!isFinal(row.state) && isNumber(row.progress_at) && newest && row.progress_at > newest.at) moments.push(lastReport(row));
  return withGaps(moments);
}

/** @param {number} missing @returns {Moment} */
function leftOut(missing) {
  return { group: "queued", text: `${count(missing)} ${missing === 1 ? "step is" : "steps are"} left out here`, detail: "", at: null, after: null };
}

/** @param {Row} row @returns {Moment} */
function lastReport(row) {
  return { group: "running", text: "Last report", detail: visibleLine(row.note) || amount(row), at: row.progress_at ?? null, after: null };
}

/** @param {Moment[]} moments */
function withGaps(moments) {
  /** @type {number | null} */ let before = null;
  return moments.map((moment) => {
    const after = moment.at === null || before === null ? null : Math.max(0, moment.at - before);
    before = moment.at ?? before;
    return { ...moment, after };
  });
}

/** @param {Step} step @returns {{group: string, text: string, detail: string}} */
function words(step) {
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

/** @param {string} group @param {string} text @param {string} detail */
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
