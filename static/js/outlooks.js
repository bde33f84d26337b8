// @ts-check
/** What past runs and the queues let one expect: how long a run takes, and where in line a task waits. */

/** @import {Row} from "./types.js" */
import { fraction, isNumber } from "./format.js";
import { elapsed, stalledFor } from "./pace.js";
import { PictureRoom } from "./picture-room.js";
import { groupOf } from "./states.js";

/**
 * @typedef {[number, number]} Range seconds, from and to
 * @typedef {{ahead: number | null, isMore: boolean, start: Range | null, isTaken?: boolean}} Place ahead: how many of its
 *   queue came before it and have not begun; null: not known. isMore: at least so many. isTaken false: no worker takes it
 */

export class Outlooks extends PictureRoom {
  constructor() {
    super("outlooks");
  }

  /** How long eight of ten past runs of this name took; null: too few are known. @param {string | undefined} name @returns {Range | null} */
  usual(name) {
    const times = /** @type {any} */ (this.rows.get(`times:${name}`));
    return times && isNumber(times.low) && isNumber(times.high) ? [times.low, times.high] : null;
  }

  /** Where a waiting task stands; null where there is nothing to say. @param {Row} row @returns {Place | null} */
  place(row) {
    const line = /** @type {any} */ (this.rows.get(`line:${row.queue}`));
    if (groupOf(row.state) !== "queued" || isNumber(row.eta) || !line) return null;
    if (line.takers === 0 && row.state !== "RECEIVED") return { ahead: null, isMore: false, start: null, isTaken: false };
    if (!line.first) return { ahead: null, isMore: false, start: null };
    /** @type {[string, number | null, number | null][]} */ const first = line.first;
    const ahead = first.findIndex(([heard]) => heard === row.heard);
    if (ahead >= 0) {
      const [, from, to] = first[ahead];
      return { ahead, isMore: false, start: isNumber(from) && isNumber(to) ? [from, to] : null };
    }
    const isBehind = first.length < line.waiting && (row.heard ?? "") > first[first.length - 1][0];
    return isBehind ? { ahead: first.length, isMore: true, start: null } : null;
  }

  /**
   * Seconds left, as a range; null where there is no ground. Its own progress counts for more the further it is.
   * @param {Row} row @param {number | null} own seconds left by its own rate @param {number} now @returns {Range | null}
   */
  left(row, own, now) {
    const [usual, ran] = [this.usual(row.name), elapsed(row, now)];
    if (groupOf(row.state) !== "running" || !isNumber(row.started_at) || stalledFor(row, now) !== null) return null;
    const past = usual && ran !== null && usual[1] > ran ? [Math.max(0, usual[0] - ran), usual[1] - ran] : null;
    if (own === null) return past && past[1] >= 1 ? [past[0], past[1]] : null;
    if (!past) return [own, own];
    const sure = fraction(row) ?? 0;
    return [mixed(own, Math.min(own, past[0]), sure), mixed(own, Math.max(own, past[1]), sure)];
  }
}

/** @param {number} own @param {number} other @param {number} sure from 0 to 1 */
function mixed(own, other, sure) {
  return own * sure + other * (1 - sure);
}

/** Those of this page. */
export const outlooks = new Outlooks();
