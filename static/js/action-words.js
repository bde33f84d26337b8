// @ts-check
/** What has become of what people asked of a task, in words. */

/** @import {Action, Row} from "./types.js" */
import { visibleLine } from "./format.js";
import { isFinal } from "./states.js";

const PATIENCE_S = 3;
const ASKED = { stop: "Asked to stop", force: "Asked to stop by force", revoke: "Asked to be revoked", rerun: "Being sent again" };
const SEEN = {
  stop: "The worker knows: the task stops at its next report",
  force: "The worker knows, and ends the task's process",
  revoke: "The worker knows: the task is stopped as soon as it says something",
};
const DONE = { stop: "Stopped", force: "Stopped by force", revoke: "Revoked", rerun: "Run again", purge: "Purged from its queue" };

/** @param {Row} row @param {number} now the server's time, in seconds @returns {string} empty where nothing was asked */
export function actionWords(row, now) {
  const action = row.action;
  if (!action) return "";
  if (action.state === "refused") return visibleLine(action.why ?? "It was not possible");
  if (action.state === "done") return `${wordFrom(DONE, action, "Done")}${byWhom(action)}`;
  if (action.state === "seen") return `${wordFrom(SEEN, action, "The worker knows")}${byWhom(action).replace(", by", ". Asked by")}`;
  const waits = now - (action.asked_at ?? now) > PATIENCE_S ? ". No worker has answered yet" : "";
  return `${wordFrom(ASKED, action, "Asked")}${byWhom(action)}${waits}`;
}

/** @param {Row} row whether something was asked that is not done yet */
export function isAsked(row) {
  return !isFinal(row.state) && ["asked", "seen"].includes(row.action?.state ?? "");
}

/** @param {Row} row @returns {string} why it cannot be run again as it was; empty where it can */
export function whyNotAgain(row) {
  if (!isFinal(row.state)) return "";
  return row.call?.text === undefined ? visibleLine(row.call?.why ?? "What it was called with is not known here.") : "";
}

/** @param {{[kind: string]: string}} words @param {Action} action @param {string} otherwise */
function wordFrom(words, action, otherwise) {
  return Object.hasOwn(words, action.kind) ? words[action.kind] : otherwise;
}

/** @param {Action} action */
function byWhom(action) {
  const who = action.by?.user ?? action.by?.address;
  return who ? `, by ${visibleLine(who)}` : "";
}
