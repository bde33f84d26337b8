// @ts-check
/** What an alarm says in words. */

import { count, timeOfDay, visible, visibleLine } from "./format.js";

/**
 * @typedef {object} Alarm what goes wrong, as the server tells
 * @property {string} id
 * @property {string} cause
 * @property {string} subject a task's, a worker's or a queue's name
 * @property {string} [detail] the exception's type
 * @property {string} [task] id of one of the tasks
 * @property {string} [said]
 * @property {number} since
 * @property {number} last
 * @property {number} count
 */

/** @type {{[cause: string]: string}} */
const CAUSES = {
  failed: "Failed",
  lost: "Lost with its worker",
  stalled: "Stalled",
  worker: "Worker gone",
  queue: "Queue not emptied",
  more: "Too much at once",
};

/** @param {Alarm} alarm */
export function causeWords(alarm) {
  return CAUSES[alarm.cause] ?? visibleLine(alarm.cause);
}

/** @param {Alarm} alarm */
export function subjectWords(alarm) {
  return visibleLine(alarm.subject) || "a task";
}

/** How often, and when: "3 times since 12:03:04, last 12:05:10". @param {Alarm} alarm */
export function timesWords(alarm) {
  const since = at(alarm.since);
  if (alarm.cause === "stalled") return `${alarm.count === 1 ? "1 task" : `${count(alarm.count)} tasks`}, since ${since}`;
  if (alarm.cause === "worker" || alarm.cause === "queue") return `since ${since}`;
  return alarm.count === 1 ? since : `${count(alarm.count)} times since ${since}, last ${at(alarm.last)}`;
}

/** @param {number} seconds since 1970 */
function at(seconds) {
  return timeOfDay(seconds).split(".", 1)[0] ?? "";
}

/** What was said, in one line. @param {Alarm} alarm */
export function saidWords(alarm) {
  return visible(alarm.said ?? "").split("\n", 1)[0] ?? "";
}

/** The page that shows what it is about. @param {Alarm} alarm */
export function address(alarm) {
  if (alarm.cause === "worker" || alarm.cause === "queue") return "/workers";
  return alarm.task ? `/tasks/${encodeURIComponent(alarm.task)}` : "/";
}

/** Its log lines; "" where nobody knows which those would be. @param {Alarm} alarm */
export function logsAddress(alarm) {
  if (alarm.cause === "worker") return `/logs?worker=${encodeURIComponent(alarm.subject)}`;
  return alarm.task ? `/logs?task=${encodeURIComponent(alarm.task)}` : "";
}
