// @ts-check
/** The one line that says where a task is: what it does, what came out, or what went wrong. */

/** @import {Row} from "./types.js" */
import { amount, clock, duration, isNumber, visibleLine } from "./format.js";
import { placeWords } from "./outlook-words.js";
import { outlooks } from "./outlooks.js";
import { stalledFor } from "./pace.js";
import { groupOf } from "./states.js";

/** @param {Row} row @param {number} now */
export function progressWords(row, now) {
  const group = groupOf(row.state);
  if (group === "queued") return waiting(row, now);
  if (group === "running") return joined(stalled(row, now), visibleLine(row.note) || amount(row));
  if (group === "retrying") return joined(planned(row, now), visibleLine(row.note));
  return visibleLine(row.summary) || visibleLine(row.note);
}

/** @param {Row} row @param {number} now */
function waiting(row, now) {
  const queue = row.queue ? `Waiting in ${visibleLine(row.queue)}` : "Waiting";
  return planned(row, now) || joined(row.state === "RECEIVED" ? "Waiting for a free process" : queue, placeWords(outlooks.place(row)));
}

/** @param {Row} row @param {number} now */
function planned(row, now) {
  if (!isNumber(row.eta)) return "";
  const wait = clock(row.eta - now);
  return wait && `Starts in ${wait}`;
}

/** @param {Row} row @param {number} now */
function stalled(row, now) {
  const seconds = stalledFor(row, now);
  return seconds === null ? "" : `Stalled: no report for ${duration(Math.floor(seconds))}`;
}

/** @param {string[]} texts */
function joined(...texts) {
  return texts.filter(Boolean).join(" · ");
}
