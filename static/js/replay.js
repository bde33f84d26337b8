// @ts-check
/** A task's row as it was at an earlier moment, as far as its steps tell. */

/** @import {Row, Step} from "./types.js" */
import { isFinal } from "./states.js";

const ALWAYS = ["task_id", "offset", "name", "queue", "args", "kwargs", "sender", "call", "rerun_of", "parent_id", "root_id"];
const ENDS = ["result", "error", "traceback", "meta"];

/** @typedef {{[field: string]: any}} Fields */

/** @param {Row} row as it is now @param {Step[]} steps that had happened by then, in their order @returns {Row} */
export function asItWas(row, steps) {
  const now = /** @type {Fields} */ (row);
  const then = /** @type {Fields} */ ({ ...picked(now, ALWAYS), state: "PENDING", attempt: 0 });
  for (const step of steps) Object.assign(then, changed(step, then));
  const isAsNow = isFinal(then.state) && then.state === row.state && then.attempt === row.attempt;
  return /** @type {any} */ (isAsNow ? { ...then, ...picked(now, ENDS) } : then);
}

/** Of an attempt whose start is not kept, nothing of an earlier one is shown. @param {Step} step @param {Fields} then @returns {Fields} */
function changed(step, then) {
  const isOther = step.attempt > then.attempt && !["sent", "received", "started"].includes(step.kind);
  const news = told(step, then);
  return isOther ? { ...cleanSlate(step.attempt), state: "STARTED", ...news } : news;
}

/** @param {Step} step @param {Fields} then @returns {Fields} */
function told(step, then) {
  if (step.kind === "sent") return { sent_at: step.at, eta: step.eta };
  if (step.kind === "received") return { received_at: step.at, worker: step.worker, eta: step.eta, state: then.attempt ? then.state : "RECEIVED" };
  if (step.kind === "started") return started(step);
  if (step.kind === "reported" || step.kind === "quarter") return reported(step);
  if (step.kind === "retried" || step.kind === "put-back") return { state: "RETRY", note: step.note, eta: step.eta };
  if (step.kind === "ended") return { state: step.state, summary: step.summary, ended_at: step.at, eta: undefined };
  return {};
}

/** @param {Step} step @returns {Fields} */
function started({ at, attempt, worker }) {
  return { ...cleanSlate(attempt), state: "STARTED", started_at: at, worker };
}

/** @param {number} attempt @returns {Fields} */
function cleanSlate(attempt) {
  const names = ["current", "total", "note", "summary", "progress_at", "started_at", "ended_at", "eta", "worker"];
  return { ...Object.fromEntries(names.map((name) => [name, undefined])), attempt };
}

/** @param {Step} step @returns {Fields} */
function reported({ at, state = "PROGRESS", current, total, note }) {
  return { state, current, total, note, progress_at: at };
}

/** @param {Fields} row @param {string[]} names */
function picked(row, names) {
  return Object.fromEntries(names.filter((name) => row[name] !== undefined).map((name) => [name, row[name]]));
}
