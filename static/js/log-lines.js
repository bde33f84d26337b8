// @ts-check
/** The lines that a page of logs holds, bounded, and on which rows they stand: a long line takes many. */

/** @import {LogLine} from "./log-room.js" */
/** @import {Run} from "./log-text.js" */
import { rowsOf } from "./log-text.js";

export const MOST_LINES = 5000;
export const MOST_ROWS = 30;

const NUMBER = new Intl.NumberFormat("en");

/**
 * @typedef {{line: LogLine, rows: Run[][], more: number}} Entry more: rows that are folded away
 * @typedef {{entry: Entry, at: number}} Place a row of an entry; 0 is its first
 */

export class LogLines {
  /** @type {Entry[]} */ #entries = [];
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

  /** @param {number} columns */
  fold(columns) {
    if (columns === this.#columns) return;
    this.#columns = columns;
    this.#entries = this.#entries.map(({ line }) => this.#entry(line));
    this.#arrange();
  }

  clear() {
    this.#entries = [];
    this.#open.clear();
    this.#arrange();
  }

  /** Newer lines, those that are here already left out. @param {LogLine[]} lines @returns {number} rows that went at the top */
  append(lines) {
    const last = this.last;
    for (const line of lines) if (line.id > last) this.#entries.push(this.#entry(line));
    const over = Math.max(0, this.#entries.length - MOST_LINES);
    const gone = this.#entries.splice(0, over).reduce((sum, { rows }) => sum + rows.length, 0);
    this.#arrange();
    return gone;
  }

  /** Older lines; the newest go if they are too many. @param {LogLine[]} lines @returns {number} rows that came at the top */
  prepend(lines) {
    const first = this.first;
    const older = lines.filter((line) => !first || line.id < first).map((line) => this.#entry(line));
    this.#entries = [...older, ...this.#entries].slice(0, MOST_LINES);
    this.#arrange();
    return older.reduce((sum, { rows }) => sum + rows.length, 0);
  }

  /** Unfold a line, or fold it again. @param {string} id */
  toggle(id) {
    if (!this.#open.delete(id)) this.#open.add(id);
    const at = this.#entries.findIndex(({ line }) => line.id === id);
    if (at >= 0) this.#entries[at] = this.#entry(this.#entries[at].line);
    this.#arrange();
  }

  /** @param {number} first @param {number} last @returns {Place[]} the rows from `first` up to `last` */
  between(first, last) {
    const places = [];
    for (let at = this.#entryAt(first); at < this.#entries.length && this.#starts[at] < last; at += 1) {
      const entry = this.#entries[at];
      for (let row = 0; row < entry.rows.length; row += 1) {
        const place = this.#starts[at] + row;
        if (place >= first && place < last) places.push({ entry, at: row });
      }
    }
    return places;
  }

  /** @param {number} row @returns {number} the place of the entry that stands there */
  #entryAt(row) {
    let [low, high] = [0, this.#entries.length];
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

  #arrange() {
    this.#length = 0;
    this.#starts = this.#entries.map(({ rows }) => (this.#length += rows.length) - rows.length);
  }
}

/** What is missing right before a line. @param {LogLine} line @param {number} columns @returns {Run[][]} */
function gapRows({ dropped = 0, skipped = 0 }, columns) {
  const said = [];
  if (dropped) said.push(`${lines(dropped)} dropped here: more than the worker could ship`);
  if (skipped) said.push(`${lines(skipped)} not shown here: they came too fast; narrow it down, or load the page again`);
  return said.flatMap((text) => rowsOf(`\u001b[33m— ${text} —`, columns));
}

/** @param {number} count */
function lines(count) {
  return count === 1 ? "1 line" : `${NUMBER.format(count)} lines`;
}
