// @ts-check
/** What is expected, in words: a range where it is wide, nothing where there is no ground. */

/** @import {Place, Range} from "./outlooks.js" */
import { clock, count } from "./format.js";

const WIDE = 1.25;
const UNITS = /** @type {const} */ ([[90, 1, "s"], [5400, 60, "min"], [172800, 3600, "h"], [Infinity, 86400, "d"]]);

/** `0:42` of one that is sure, `2–5 min`, `≤ 5 min`. @param {Range | null} range */
export function shortRange(range) {
  if (!range) return "";
  return isWide(range) ? words(range, "≤ ") : clock(range[1]);
}

/** `about 0:42`, `2–5 min`, `up to 5 min`. @param {Range | null} range */
export function longRange(range) {
  if (!range) return "";
  const digits = clock(range[1]);
  return isWide(range) ? words(range, "up to ") : digits && `about ${digits}`;
}

/** @param {Range} range */
function isWide([low, high]) {
  return high - low >= 2 && high > low * WIDE;
}

/** @param {Range} range @param {string} upTo */
function words([low, high], upTo) {
  const [, size, unit] = UNITS.find(([limit]) => high < limit) ?? UNITS[3];
  const [from, to] = [Math.floor(low / size), Math.ceil(high / size)];
  if (from === 0) return `${upTo}${count(to)} ${unit}`;
  return from === to ? `${count(to)} ${unit}` : `${count(from)}–${count(to)} ${unit}`;
}

/** `next in line`, `3 ahead · starts in 2–5 min`. @param {Place | null} place */
export function placeWords(place) {
  if (!place) return "";
  if (place.isTaken === false) return "no worker takes from it";
  const start = place.start && place.start[1] >= 1 ? ` · starts in ${words(place.start, "up to ")}` : "";
  return `${aheadWords(place)}${start}`;
}

/** @param {Place} place */
function aheadWords({ ahead, isMore }) {
  if (ahead === null) return "place unknown";
  if (isMore) return `more than ${count(ahead)} ahead`;
  return ahead === 0 ? "next in line" : `${count(ahead)} ahead`;
}
