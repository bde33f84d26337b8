// @ts-check
/** One row: changes merged into it, and by what it is ordered. */

/** @import {Row, Change} from "./types.js" */

/**
 * A change without the fields that are empty. Without a prototype: a field called `__proto__` is a field like any other.
 * @param {Change | Row} change
 * @param {Row} [onto]
 * @returns {Row}
 */
export function merged(change, onto) {
  const row = Object.create(null);
  for (const [field, value] of Object.entries({ ...onto, ...change })) {
    if (value !== null && value !== undefined) row[field] = value;
  }
  return row;
}

/** When a task was first heard of, as an offset. Rows of an older log have their times alone. @param {Row} row @returns {string} */
export function heardOf(row) {
  return row.heard ?? at(row.sent_at ?? row.received_at ?? row.started_at ?? 0);
}

/** A time as an offset. @param {number} seconds */
export function at(seconds) {
  return String(Math.round(seconds * 1e6)).padStart(16, "0");
}
