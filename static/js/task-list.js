// @ts-check
/** Which tasks the board lists, in which order, and which of them are in the window. */

/** @import {Row} from "./types.js" */
import { groupOf } from "./states.js";

/** @param {Row} row */
function age(row) {
  return row.sent_at ?? row.received_at ?? row.started_at ?? 0;
}

/** Newest first; among equals the id decides, so that rows never swap places. @param {Row} a @param {Row} b */
function newestFirst(a, b) {
  return age(b) - age(a) || (a.task_id < b.task_id ? -1 : 1);
}

/**
 * @param {Iterable<Row>} rows
 * @param {string} tab "all" or a group of states
 * @returns {string[]} ids
 */
export function listed(rows, tab) {
  const chosen = [...rows].filter((row) => tab === "all" || groupOf(row.state) === tab);
  return chosen.sort(newestFirst).map((row) => row.task_id);
}

/**
 * The part of a list that is in view, with some rows to spare above and below.
 * @param {number} top how far the list's top is above the view's top, in pixels
 * @param {number} viewHeight
 * @param {number} rowHeight
 * @param {number} length
 * @returns {[number, number]} first, and one after the last
 */
export function windowOf(top, viewHeight, rowHeight, length) {
  const spare = 4;
  const first = Math.floor(top / rowHeight) - spare;
  const last = Math.ceil((top + viewHeight) / rowHeight) + spare;
  return [Math.min(length, Math.max(0, first)), Math.min(length, Math.max(0, last))];
}
