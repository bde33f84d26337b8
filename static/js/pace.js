// @ts-check
/** How fast a task moves: the time left where there is ground for it, and how long a bar has stood still. */

/** @import {Row} from "./types.js" */
import { isNumber } from "./format.js";
import { groupOf } from "./states.js";

const WINDOW_S = 60;
const SHORTEST_S = 4;
const FEWEST = 4;
const KEPT = 64;
const SHORTEST_STALL_S = 30;
const STALL_S_UNKNOWN = 120;
const STALL_GAPS = 5;
const FEWEST_REPORTS = 3;
const FARTHEST_S = 7 * 86400;

/** @typedef {{at: number, current: number}} Sample */

/** The samples of one attempt of one task. */
export class Pace {
  #attempt = -1;
  /** @type {Sample[]} */ #samples = [];

  /** @param {Row} row */
  heard(row) {
    const { progress_at: at, current, attempt = 0 } = row;
    if (!isNumber(at) || !isNumber(current)) return;
    const last = this.#samples.at(-1);
    if (attempt !== this.#attempt || (last && current < last.current)) this.#samples = [];
    this.#attempt = attempt;
    if (!last || at > last.at) this.#add({ at, current });
  }

  /** @param {Sample} sample */
  #add(sample) {
    // A task that reports 20 times a second would fill the window with its last 3 seconds.
    const before = this.#samples.at(-2);
    if (before && sample.at - before.at < WINDOW_S / KEPT) this.#samples.pop();
    this.#samples.push(sample);
    const first = this.#samples[0];
    if (this.#samples.length > KEPT || sample.at - first.at > WINDOW_S) this.#samples.shift();
  }

  /**
   * Seconds left, or null where there is no ground for saying so.
   * @param {Row} row
   * @param {number} now
   */
  left(row, now) {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (groupOf(row.state) !== "running" || !isNumber(row.total) || !first || !last) return null;
    if (this.#samples.length < FEWEST || last.at - first.at < SHORTEST_S || stalledFor(row, now)) return null;
    const left = (row.total - last.current) / ((last.current - first.current) / (last.at - first.at)) - (now - last.at);
    return Number.isFinite(left) && left >= 1 && left < FARTHEST_S ? left : null;
  }
}

/** The paces of all tasks that run. */
export class Paces {
  /** @type {Map<string, Pace>} */ #paces = new Map();

  /** @param {string} id @param {Row | undefined} row */
  heard(id, row) {
    if (!row || groupOf(row.state) !== "running") return void this.#paces.delete(id);
    const pace = this.#paces.get(id) ?? new Pace();
    this.#paces.set(id, pace);
    pace.heard(row);
  }

  /** @param {Row} row @param {number} now */
  left(row, now) {
    return this.#paces.get(row.task_id)?.left(row, now) ?? null;
  }
}

/**
 * Seconds without a report, or null while that is nothing to speak of: much longer than this run's usual gap.
 * @param {Row} row
 * @param {number} now
 */
export function stalledFor(row, now) {
  const since = row.progress_at ?? row.started_at;
  if (groupOf(row.state) !== "running" || !isNumber(row.current) || !isNumber(since)) return null;
  return now - since >= longestGap(row) ? now - since : null;
}

/** The gap from which on a run is stalled, in seconds; with too few reports its usual one is not known. @param {Row} row */
function longestGap({ started_at: from, progress_at: to, reports = 0 }) {
  if (!isNumber(from) || !isNumber(to) || reports < FEWEST_REPORTS || to < from) return STALL_S_UNKNOWN;
  return Math.max(SHORTEST_STALL_S, (STALL_GAPS * (to - from)) / reports);
}

/**
 * Seconds a task has waited, has run, or took.
 * @param {Row} row
 * @param {number} now
 */
export function elapsed(row, now) {
  const group = groupOf(row.state);
  const from = group === "queued" ? (row.sent_at ?? row.received_at) : (row.started_at ?? row.received_at ?? row.sent_at);
  if (!isNumber(from)) return null;
  return Math.max(0, (row.ended_at ?? now) - from);
}
