// @ts-check
/** The rows of log lines that are in view: a pool of plain elements, each on its place. */

/** @import {LogLines, Place} from "../log-lines.js" */
import { windowOf } from "../task-list.js";
import { LogRow } from "./log-row.js";

/** @typedef {{id: string, row: number}} Held an entry at the top of what is seen, and the row on which it began */

export class LogRows {
  /** @type {LogRow[]} */ #pool = [];
  #body;
  #height = 0;
  /** @type {Held | null} */ #held = null;

  /** @param {HTMLElement} body @param {(id: string) => void} toggle */
  constructor(body, toggle) {
    this.#body = body;
    body.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest(".log-more") : null;
      if (button instanceof HTMLElement && button.dataset.id) toggle(button.dataset.id);
    });
  }

  get height() {
    this.#height ||= parseFloat(getComputedStyle(this.#body).getPropertyValue("--log-row-height")) || 20;
    return this.#height;
  }

  /** How many characters of text stand on a row. @param {number} width in pixels */
  columns(width) {
    const style = getComputedStyle(this.#body);
    const character = parseFloat(style.getPropertyValue("--log-character")) || 7.5;
    const head = parseFloat(style.getPropertyValue("--log-head")) || 0;
    return Math.max(20, Math.floor((width - head) / character) - 2);
  }

  /** Whether the last row is in view. @param {HTMLElement} scroll */
  isAtEnd({ scrollTop, clientHeight, scrollHeight }) {
    return scrollTop + clientHeight >= scrollHeight - this.height;
  }

  /** The reader is here: whatever comes or goes above, this stays in its place. @param {LogLines} lines @param {HTMLElement} scroll */
  hold(lines, { scrollTop }) {
    const row = Math.floor(scrollTop / this.height);
    const [place] = lines.between(row, row + 1);
    this.#held = place ? { id: place.entry.line.id, row: row - place.at } : null;
  }

  /** These are other lines: no place in those before counts. @param {HTMLElement} scroll */
  toStart(scroll) {
    this.#held = null;
    scroll.scrollTop = 0;
  }

  /** @param {LogLines} lines @param {HTMLElement} scroll @param {number | null} wanted the row that is to be the last in view */
  paint(lines, scroll, wanted) {
    this.#body.style.height = `${lines.length * this.height}px`;
    if (wanted === null) this.#keep(lines, scroll);
    else if (wanted >= lines.length) scroll.scrollTop = scroll.scrollHeight;
    else this.#reveal(wanted, scroll);
    this.hold(lines, scroll);
    const [first, last] = windowOf(scroll.scrollTop, scroll.clientHeight, this.height, lines.length);
    this.#show(lines.between(first, last), first);
  }

  /** @param {LogLines} lines @param {HTMLElement} scroll */
  #keep(lines, scroll) {
    if (!this.#held) return;
    const { id, row } = this.#held;
    const now = lines.rowOf(id);
    if (now >= 0 && now !== row) scroll.scrollTop += (now - row) * this.height;
    else if (now < 0 && id < lines.first) scroll.scrollTop = 0; // it has gone: there are too many newer ones
  }

  /** @param {number} row @param {HTMLElement} scroll */
  #reveal(row, scroll) {
    const [top, bottom] = [(row - 1) * this.height, row * this.height];
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    else if (bottom > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = bottom - scroll.clientHeight;
  }

  /** @param {Place[]} places @param {number} first the row of the first of them */
  #show(places, first) {
    while (this.#pool.length < places.length) this.#pool.push(new LogRow(this.#body));
    this.#pool.forEach((row, at) => {
      const place = places[at];
      if (place) row.show(place, (first + at) * this.height);
      else row.element.hidden = true;
    });
  }
}
