// @ts-check
/** What a task's page says in words beside its story: how long yet, for how long, from whom. */

/** @import {Row} from "./types.js" */
import { amount, clock as digits, duration, timeOfDay, visibleLine } from "./format.js";
import { longRange } from "./outlook-words.js";
import { outlooks } from "./outlooks.js";
import { elapsed } from "./pace.js";
import { groupOf, isFinal } from "./states.js";

/** The result or the error has a place of its own; its summary above it would say it twice. @param {Row} row */
export function saidBelow(row) {
  return isFinal(row.state) && (row.result !== undefined || row.error !== undefined);
}

/** What it did, of a moment that is past: how long yet, and its place in line, were said then. @param {Row} row */
export function thenWords(row) {
  return visibleLine(row.summary) || visibleLine(row.note) || amount(row);
}

/** @param {Row} row as it was @param {number} at @param {boolean} isUnsure */
export function momentWords({ attempt }, at, isUnsure) {
  return `As it was at ${timeOfDay(at)}${attempt ? `, attempt ${attempt}` : ""}${isUnsure ? ", as far as is kept" : ""}`;
}

/** @param {Row} row @param {number | null} own @param {number} now */
export function leftWords(row, own, now) {
  const words = longRange(outlooks.left(row, own, now));
  return words && `${words} left`;
}

/** @param {Row} row @param {number} now */
export function timeSpent(row, now) {
  const seconds = elapsed(row, now);
  if (seconds === null) return "";
  if (isFinal(row.state)) return `Took ${duration(seconds)}`;
  return digits(seconds) && `${groupOf(row.state) === "queued" ? "Waiting for" : "Running for"} ${digits(seconds)}`;
}

/** @param {Row} row */
export function senderWords(row) {
  const { user, address } = row.sender ?? {};
  return user && address ? `${user}, from ${address}` : (user ?? address ?? "");
}
