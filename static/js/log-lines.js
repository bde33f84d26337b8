// @ts-check
/** The lines that a page of logs holds, bounded, and on which rows they stand: a long line takes many. */

/** @import {LogLine} from "./log-room.js" */
/** @import {Run} from "./log-text.js" */
import { gapRows } from "./log-gaps.js";
import { rowsOf } from "./log-text.js";

export const MOST_LINES = 5000;
export const MOST_ROWS = 30;

/**
 * @typedef {object} Entry
 * @property {LogLine} line
 * @property {Run[][]} rows
 * @property {number} more rows that are folded away
 * @property {string} [kind] of another thing than a line, which stands between them
 * @property {string} [group] the state that gives that its colour
 * @property {string} [button] what can be done about it
 * @property {string} [said] what it says, where that may change
 * @property {boolean} [later] than what is looked at
 *
 * @typedef {{entry: Entry, at: number}} Place a row of an entry; 0 is its first
 */

export class LogLines {
  /** @type {Entry[]} of lines */ #entries = [];
  /** @type {Entry[]} what is seen */ #shown = [];
  /** @type {number[]} the row on which each entry begins */ #starts = [];
  /** @type {Set<string>} lines that are unfolded */ #open = new Set();
  #length = 0;
  #columns = 100;

  /** How many rows there are. */
  get length() {
    return this.#length;
  }

  get lines() {
    return this.#entries.map(({ line }) => line);
  }

  get first() {
    return this.#entries[0]?.line.id ?? "";
  }

  get last() {
    return this.#entries.at(-1)?.line.id ?? "";
  }

  /** Whether older lines come at the top. */
  get goesBack() {
    return true;
  }

  get columns() {
    return this.#columns;
  }

  /** @param {number} columns */
  fold(columns) {
    if (columns === this.#columns) return;
    this.#columns = columns;
    this.#entries = this.#entries.map(({ line }) => this.#entry(line));
    this.arrange();
  }

  clear() {
    this.#entries = [];
    this.#open.clear();
    this.arrange();
  }

  /** Newer lines, those that are here already left out. @param {LogLine[]} lines @returns {boolean} whether older ones went for them */
  append(lines) {
    const last = this.last;
    for (const line of lines) if (line.id > last) this.#entries.push(this.#entry(line));
    const over = Math.max(0, this.#entries.length - MOST_LINES);
    this.#entries.splice(0, over);
    this.arrange();
    return over > 0;
  }

  /** Older lines; the newest go if they are too many. @param {LogLine[]} lines */
  prepend(lines) {
    const first = this.first;
    const older = lines.filter((line) => !first || line.id < first).map((line) => this.#entry(line));
    this.#entries = [...older, ...this.#entries].slice(0, MOST_LINES);
    this.arrange();
  }

  /** Unfold a line, or fold it again. @param {string} id */
  toggle(id) {
    if (!this.#open.delete(id)) this.#open.add(id);
    const at = this.#entries.findIndex(({ line }) => line.id === id);
    if (at >= 0) this.#entries[at] = this.#entry(this.#entries[at].line);
    this.arrange();
  }

  /** @param {number} first @param {number} last @returns {Place[]} the rows from `first` up to `last` */
  between(first, last) {
    const places = [];
    for (let at = this.#entryAt(first); at < this.#shown.length && this.#starts[at] < last; at += 1) {
      const entry = this.#shown[at];
      for (let row = 0; row < entry.rows.length; row += 1) {
        const place = this.#starts[at] + row;
        if (place >= first && place < last) places.push({ entry, at: row });
      }
    }
    return places;
  }

  /** @param {string} id @returns {number} the row on which it begins; -1: it is not here */
  rowOf(id) {
    const at = this.#shown.findIndex(({ line }) => line.id === id);
    return at < 0 ? -1 : this.#starts[at];
  }

  /** @param {number} row @returns {number} the place of the entry that stands there */
  #entryAt(row) {
    let [low, high] = [0, this.#shown.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle] <= row) low = middle;
      else high = middle;
    }
    return low;
  }

  /** @param {LogLine} line @returns {Entry} */
  #entry(line) {
    const all = [...gapRows(line, this.#columns), ...(line.text === undefined ? [] : rowsOf(line.text, this.#columns))];
    const isWhole = all.length <= MOST_ROWS || this.#open.has(line.id);
    return { line, rows: isWhole ? all : all.slice(0, MOST_ROWS), more: isWhole ? 0 : all.length - MOST_ROWS };
  }

  /** What is seen of these, in which order and with what between them: a story has more than lines. @param {Entry[]} entries @returns {Entry[]} */
  order(entries) {
    return entries;
  }

  /** Something has changed. */
  arrange() {
    this.#shown = this.order(this.#entries);
    this.#length = 0;
    this.#starts = this.#shown.map(({ rows }) => (this.#length += rows.length) - rows.length);
  }
}
