// @ts-check
/** What a screen reader is told about a task: started, each quarter, the end. Not every tick. */

/** @import {Row} from "./types.js" */
import { fraction, nameParts, visibleLine } from "./format.js";
import { groupOf, isFinal, wordOf } from "./states.js";

/**
 * @param {Row | undefined} before
 * @param {Row} row
 * @returns {string} empty where there is nothing to say
 */
export function milestone(before, row) {
  const name = nameParts(row.name)[1];
  if (!before) return "";
  if (isFinal(row.state)) return isFinal(before.state) ? "" : ending(name, row);
  if (groupOf(row.state) === "retrying") return groupOf(before.state) === "retrying" ? "" : `${name} will be tried again`;
  if ((row.attempt ?? 0) > (before.attempt ?? 0)) return `${name} started`;
  return quarter(row) > quarter(before) ? `${name}: ${quarter(row) * 25} percent` : "";
}

/** @param {string} name @param {Row} row */
function ending(name, row) {
  const summary = visibleLine(row.summary);
  return `${name} ${wordOf(row.state).toLowerCase()}${summary ? `: ${summary}` : ""}`;
}

/** @param {Row} row */
function quarter(row) {
  return Math.floor((fraction(row) ?? 0) * 4);
}
