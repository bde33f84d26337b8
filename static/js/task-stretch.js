// @ts-check
/** An unbroken stretch of a list: its rows in order, the place it begins at, how far it reaches. Bounded. */

/** @import {Row} from "./types.js" */
import { heardOf } from "./row.js";

export const MOST_KEPT = 1000;
const SPARE = 200;
const PLACES_TO_COME = 10;

/**
 * @typedef {object} Content
 * @property {Row[]} rows in the list's order
 * @property {string | null} start it begins after this `heard`; null: with the list
 * @property {string | null} end it goes up to this `heard`; null: to the list's end
 * @property {number} first how many come before it
 * @property {number | null} total of the list, where that is known
 */

/** @type {Content} */
const NOTHING = { rows: [], start: "", end: "", first: 0, total: null };

export class Stretch {
  /** @type {Map<string, Row>} */ rows = new Map();
  /** @type {string[]} in the list's order */ ids = [];
  /** @type {string | null} */ start = "";
  /** @type {string | null} */ end = "";
  first = 0;
  /** @type {number | null} */ total = null;
  isOldestFirst = false;

  /** How many places the list has, as far as that is known. */
  get length() {
    const known = this.first + this.ids.length;
    if (this.end === null) return known;
    return this.total === null ? known + PLACES_TO_COME : Math.max(this.total, known);
  }

  /** @param {Content} content */
  fill({ rows, start, end, first, total } = NOTHING) {
    [this.start, this.end, this.first, this.total] = [start, end, first, total];
    this.rows = new Map(rows.map((row) => [row.task_id, row]));
    this.ids = [...this.rows.keys()];
  }

  /** What comes after it. @param {Row[]} rows @param {string | null} end */
  extendDown(rows, end) {
    this.end = end;
    this.ids.push(...this.#added(rows));
  }

  /** What comes before it. @param {Row[]} rows in the list's order @param {string | null} start */
  extendUp(rows, start) {
    const ids = this.#added(rows);
    this.ids.unshift(...ids);
    this.start = start;
    this.first = start === null ? 0 : Math.max(0, this.first - ids.length);
  }

  /** @param {Row[]} rows */
  #added(rows) {
    const fresh = rows.filter((row) => !this.rows.has(row.task_id));
    for (const row of fresh) this.rows.set(row.task_id, row);
    return fresh.map((row) => row.task_id);
  }

  /** Whether a task of this `heard` would be here. @param {string} heard */
  covers(heard) {
    return (this.start === null || this.#isBefore(this.start, heard)) && (this.end === null || !this.#isBefore(this.end, heard));
  }

  /** @param {string} one @param {string} other */
  #isBefore(one, other) {
    return this.isOldestFirst ? one < other : one > other;
  }

  /** @param {Row} row */
  insert(row) {
    const heard = heardOf(row);
    let [low, high] = [0, this.ids.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#comesBefore(middle, heard, row.task_id)) low = middle + 1;
      else high = middle;
    }
    this.ids.splice(low, 0, row.task_id);
    this.rows.set(row.task_id, row);
    if (this.total !== null) this.total += 1;
  }

  /** Among equals the id decides, so that rows never swap places. @param {number} place @param {string} heard @param {string} id */
  #comesBefore(place, heard, id) {
    const other = this.heardAt(place);
    return other === heard ? this.ids[place] < id : this.#isBefore(other, heard);
  }

  /** @param {number} place within the stretch */
  heardAt(place) {
    return heardOf(/** @type {Row} */ (this.rows.get(this.ids[place])));
  }

  /** @param {string} id @returns {boolean} whether it was here */
  remove(id) {
    if (!this.rows.delete(id)) return false;
    this.ids.splice(this.ids.indexOf(id), 1);
    if (this.total !== null) this.total -= 1;
    return true;
  }

  /** Drop what is farthest from the places that are looked at. @param {number} top @param {number} bottom */
  trim(top, bottom) {
    const over = this.ids.length - MOST_KEPT;
    if (over <= SPARE) return;
    const above = top - this.first - SPARE;
    const below = this.first + this.ids.length - bottom - SPARE;
    if (above > below) this.#dropTop(Math.min(over, above));
    else if (below > 0) this.#dropBottom(Math.min(over, below));
  }

  /** @param {number} number */
  #dropTop(number) {
    this.start = this.heardAt(number - 1);
    this.first += number;
    this.#drop(this.ids.splice(0, number));
  }

  /** @param {number} number */
  #dropBottom(number) {
    this.end = this.heardAt(this.ids.length - number - 1);
    this.#drop(this.ids.splice(-number));
  }

  /** @param {string[]} ids */
  #drop(ids) {
    for (const id of ids) this.rows.delete(id);
  }
}

/** @param {Row[]} rows @param {boolean} oldestFirst */
export function sorted(rows, oldestFirst) {
  const sign = oldestFirst ? 1 : -1;
  const compare = (/** @type {string} */ a, /** @type {string} */ b) => (a < b ? -1 : Number(a > b));
  return rows.sort((a, b) => sign * compare(heardOf(a), heardOf(b)) || compare(a.task_id, b.task_id));
}
