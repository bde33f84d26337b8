// @ts-check
/** What happened to a task and when, from the times in its row. */

/** @import {Row} from "./types.js" */
import { isNumber, visibleLine } from "./format.js";
import { groupOf, isFinal, wordOf } from "./states.js";

/** @typedef {{kind: string, text: string, at: number, after: number | null}} Moment */

/**
 * @param {Row} row
 * @returns {Moment[]} in the order of time; `after`: seconds since the moment before
 */
export function timeline(row) {
  const moments = [
    moment("queued", `Queued${inQueue(row)}`, row.sent_at),
    moment("queued", row.worker ? `Received by ${visibleLine(row.worker)}` : "Received", row.received_at),
    moment("running", `Attempt ${row.attempt ?? 1} started`, row.started_at),
    moment("running", "Last report", isFinal(row.state) ? undefined : row.progress_at),
    moment(groupOf(row.state), wordOf(row.state), row.ended_at),
  ];
  return withGaps(moments.filter((entry) => entry !== null));
}

/** @param {Row} row */
function inQueue(row) {
  return row.queue ? ` in ${visibleLine(row.queue)}` : "";
}

/** @param {string} kind @param {string} text @param {number | undefined} at @returns {Moment | null} */
function moment(kind, text, at) {
  return isNumber(at) ? { kind, text, at, after: null } : null;
}

/** A redelivered task may be received after its first start: time decides, not our list. @param {Moment[]} moments */
function withGaps(moments) {
  const ordered = [...moments].sort((a, b) => a.at - b.at);
  return ordered.map((entry, i) => (i ? { ...entry, after: entry.at - ordered[i - 1].at } : entry));
}
