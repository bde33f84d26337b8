// @ts-check
/** What the statistics say: slots of time, unknown ones among them; run times; both in words. No DOM, no socket. */

import { count, duration, hourMinute, isNumber } from "./format.js";
import { PictureRoom } from "./picture-room.js";

export const KINDS = /** @type {const} */ (["succeeded", "failed", "lost", "started", "retried", "revoked"]);
const SPANS = new Map([[10, 900], [600, 86400]]);

/**
 * @typedef {(typeof KINDS)[number]} Kind
 * @typedef {{at: number, length: number, counts: Record<Kind, number> | null}} Slot counts: null where they are unknown
 * @typedef {{name: string, runs: number, median: number, p95: number, bars: [number, number, number][]}} Times in seconds
 * @typedef {{group: string, value: number}} Part
 * @typedef {{parts: Part[] | null, words: string}} Bar parts: null where nothing is known
 */

export class StatisticsRoom extends PictureRoom {
  constructor() {
    super("statistics");
  }

  /** Since when is counted; undefined: nothing ever was. @returns {number | undefined} */
  get since() {
    return this.all("since")[0]?.since;
  }

  /** The slots of this length up to now, the oldest first. @param {number} length @param {number} now @returns {Slot[]} */
  slots(length, now) {
    const known = new Map(this.all("slot").filter((row) => row.length === length).map((row) => [row.at, row]));
    const [span, last] = [SPANS.get(length) ?? 0, Math.floor(now / length) * length];
    return Array.from({ length: span / length }, (_, place) => {
      const at = last - span + (place + 1) * length;
      return { at, length, counts: this.#counts(known.get(at), at + length) };
    });
  }

  /** @param {any} row @param {number} end @returns {Record<Kind, number> | null} */
  #counts(row, end) {
    const isKnown = row !== undefined || (isNumber(this.since) && end > this.since);
    return isKnown ? /** @type {any} */ (Object.fromEntries(KINDS.map((kind) => [kind, row?.[kind] ?? 0]))) : null;
  }

  /** The names that ran most, first. @returns {Times[]} */
  get times() {
    return this.all("times").sort((a, b) => b.runs - a.runs || (a.name < b.name ? -1 : 1));
  }
}

/** @param {Slot} slot @returns {Bar} */
export function slotBar(slot) {
  const { counts } = slot;
  const parts = counts && [
    { group: "succeeded", value: counts.succeeded },
    { group: "failed", value: counts.failed + counts.lost },
  ];
  return { parts, words: `${slotTime(slot)}: ${countWords(counts)}` };
}

/** `14:03:10` of short slots, `14:00` of long ones. @param {Slot} slot */
export function slotTime({ at, length }) {
  const date = new Date(at * 1000);
  return length < 60 ? `${hourMinute(date)}:${String(date.getSeconds()).padStart(2, "0")}` : hourMinute(date);
}

/** @param {Record<Kind, number> | null} counts */
function countWords(counts) {
  if (!counts) return "unknown";
  const told = KINDS.filter((kind) => counts[kind] || kind === "succeeded" || kind === "failed");
  return told.map((kind) => `${count(counts[kind])} ${kind}`).join(", ");
}

/** All of a span in one sentence. @param {Slot[]} slots */
export function spanWords(slots) {
  const known = slots.filter((slot) => slot.counts);
  if (!known.length) return "Unknown: nothing has been counted yet";
  const total = /** @type {any} */ (Object.fromEntries(KINDS.map((kind) => [kind, known.reduce((sum, slot) => sum + (slot.counts?.[kind] ?? 0), 0)])));
  return known.length < slots.length ? `${countWords(total)}; unknown before ${slotTime(known[0])}` : countWords(total);
}

/** @param {Times} times */
export function timesWords({ runs, median, p95 }) {
  return `${count(runs)} ${runs === 1 ? "run" : "runs"} · median ${duration(median)} · 95% within ${duration(p95)}`;
}

/** @param {Times} times @returns {Bar[]} */
export function timesBars({ bars }) {
  return bars.map(([low, high, runs]) => ({
    parts: [{ group: "running", value: runs }],
    words: `${range(duration(low), duration(high))}: ${count(runs)} ${runs === 1 ? "run" : "runs"}`,
  }));
}

/** @param {string} low @param {string} high */
function range(low, high) {
  return low === high ? `About ${low}` : `${low} to ${high}`;
}

/** How high the highest bar is; at least 1, so that one task is no flood. @param {Bar[]} bars */
export function highest(bars) {
  return Math.max(1, ...bars.map((bar) => (bar.parts ?? []).reduce((sum, { value }) => sum + value, 0)));
}
