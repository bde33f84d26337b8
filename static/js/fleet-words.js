// @ts-check
/** Workers and queues in words; what is not known is said to be unknown, and is never 0. */

/** @import {QueueRow, Running, WorkerRow} from "./fleet-store.js" */
import { count, duration, isNumber, visibleLine } from "./format.js";
import { groupOf, isFinal } from "./states.js";

const MOST_BARS = 32;
const MEGA = 1024 * 1024;

/** How long ago, in whole seconds: digits that tick. @param {number} now @param {number | undefined} at */
export function ago(now, at) {
  return isNumber(at) ? duration(Math.max(1, Math.floor(now - at))) : "";
}

/** `Offline for 41 s`, `Stopped 3 min ago`, `Up for 2 h 5 min`. @param {WorkerRow} row @param {number} now */
export function standingWords(row, now) {
  if (row.standing === "stopped") return `Stopped ${ago(now, row.gone_since)} ago`;
  if (row.standing === "offline") return isNumber(row.gone_since) ? `Offline for ${ago(now, row.gone_since)}` : "Offline";
  return isNumber(row.started_at) ? `Up for ${ago(now, row.started_at)}` : "Online";
}

/** `3 of 8 busy` @param {WorkerRow} row */
export function slotWords(row) {
  if (row.standing !== "online") return isNumber(row.slots) ? `${count(row.slots)} ${row.slots === 1 ? "slot" : "slots"}` : "slots unknown";
  const busy = isNumber(row.busy) ? count(row.busy) : "unknown";
  return isNumber(row.slots) ? `${busy} of ${count(row.slots)} busy` : `${busy} busy, slots unknown`;
}

/**
 * How each slot is to be drawn; with too many of them, the share of them that is filled.
 * @param {WorkerRow} row
 * @returns {{bars: ("busy" | "free" | "offline")[], share: number | null}}
 */
export function slotBars(row) {
  const slots = isNumber(row.slots) ? Math.max(0, Math.floor(row.slots)) : 0;
  const busy = Math.min(isNumber(row.busy) ? row.busy : 0, slots);
  if (slots > MOST_BARS) return { bars: [row.standing === "online" ? "free" : "offline"], share: row.standing === "online" ? busy / slots : null };
  const bars = Array.from({ length: slots }, (_, at) => (row.standing !== "online" ? "offline" : at < busy ? "busy" : "free"));
  return { bars, share: null };
}

/** `188 a minute`; before the first minute is over, what it has done so far. @param {WorkerRow} row */
export function rateWords(row) {
  if (row.standing !== "online") return isNumber(row.done) ? `${count(row.done)} done` : "";
  if (isNumber(row.per_minute)) return `${count(row.per_minute)} a minute`;
  return isNumber(row.done) ? `${count(row.done)} done so far` : "rate unknown";
}

/** `412 MB, 316 MB of it in its pool`; of a worker that is gone the last that is known. @param {WorkerRow} row */
export function memoryWords(row) {
  const { main, pool } = row.memory ?? {};
  if (!isNumber(main)) return "unknown";
  if (row.standing !== "online") return `was ${size(main + (pool ?? 0))}`;
  if (!isNumber(pool)) return `${size(main)}, its pool unknown`;
  return pool ? `${size(main + pool)}, ${size(pool)} of it in its pool` : size(main);
}

/** @param {number} bytes */
function size(bytes) {
  const mega = bytes / MEGA;
  return mega < 1000 ? `${Math.max(1, Math.round(mega))} MB` : `${(mega / 1024).toFixed(1)} GB`;
}

/** What has become of a task whose worker has died; null while its worker lives, or nobody has told yet. @param {Running} task @param {WorkerRow} row */
export function fate(task, row) {
  const told = task.state && (isFinal(task.state) || groupOf(task.state) === "retrying");
  return row.standing !== "online" && told ? (task.state ?? null) : null;
}

/** @param {Running} task @param {WorkerRow} row @param {number} now */
export function runningWords(task, row, now) {
  if (row.standing !== "online") return fate(task, row) ? "" : "not heard of since";
  return isNumber(task.since) ? `for ${ago(now, task.since)}` : "";
}

/** @param {QueueRow} row */
export function waitingWords(row) {
  return isNumber(row.waiting) ? count(row.waiting) : "unknown";
}

/** Nothing where nothing waits. @param {QueueRow} row @param {number} now */
export function ageWords(row, now) {
  if (row.waiting === 0) return "";
  return isNumber(row.next_sent_at) ? ago(now, row.next_sent_at) : "unknown";
}

/** @param {number | undefined} rate */
export function perMinute(rate) {
  return isNumber(rate) ? count(rate) : "unknown";
}

/** `2 workers`, or that there is none. @param {QueueRow} row */
export function takerWords(row) {
  if (!row.workers) return "No worker takes from it";
  return row.workers === 1 ? "1 worker" : `${count(row.workers)} workers`;
}

/** `5 of 8 slots busy, 238 waiting, 1 worker offline`. @param {WorkerRow[]} workers @param {QueueRow[]} queues */
export function summaryWords(workers, queues) {
  const online = workers.filter((row) => row.standing === "online");
  const offline = workers.filter((row) => row.standing === "offline").length;
  const slots = online.every((row) => isNumber(row.slots)) && total(online.map((row) => row.slots));
  const parts = slots ? [`${count(total(online.map((row) => row.busy)))} of ${count(slots)} slots busy`] : [];
  if (queues.length && queues.every((row) => isNumber(row.waiting))) parts.push(`${count(total(queues.map((row) => row.waiting)))} waiting`);
  if (offline) parts.push(`${count(offline)} ${offline === 1 ? "worker" : "workers"} offline`);
  return parts.join(", ");
}

/** @param {(number | undefined)[]} numbers */
function total(numbers) {
  return numbers.reduce((/** @type {number} */ sum, one) => sum + (one ?? 0), 0);
}

/** What emptying a queue would do now. @param {number | undefined} waiting */
export function purgeQuestion(waiting) {
  if (!isNumber(waiting)) return "How much waits in it is not known.";
  if (waiting === 0) return "Nothing waits in it now.";
  return waiting === 1 ? "One message waits in it: its task will not run, and ends revoked." : `${count(waiting)} messages wait in it: their tasks will not run, and end revoked.`;
}

/** What it has done. @param {string} queue @param {number} purged */
export function purgeReceipt(queue, purged) {
  if (purged === 0) return `Nothing waited in ${visibleLine(queue)} any more.`;
  return `${visibleLine(queue)} was emptied: ${purged === 1 ? "one message was" : `${count(purged)} messages were`} taken off.`;
}
