// @ts-check
/** The page of statistics: what happened in the last minutes and hours, and how long runs take. */

/** @import {ServerClock} from "../server-clock.js" */
/** @import {Slot, StatisticsRoom} from "../statistics.js" */
import { count } from "../format.js";
import { KINDS, slotBar, slotTime, spanWords } from "../statistics.js";
import { BarChartElement } from "./bar-chart.js";
import { part, showIf } from "./part.js";
import { TimesRowElement } from "./times-row.js";

const TICK_MS = 1000;

export class StatisticsBoardElement extends HTMLElement {
  live = false;

  /** @type {Map<string, TimesRowElement>} */ #times = new Map();

  /** @param {StatisticsRoom} room @param {ServerClock} clock */
  attach(room, clock) {
    room.watch(() => this.#show(room, clock.now()));
    setInterval(() => this.live && this.#showSpans(room, clock.now()), TICK_MS);
    for (const details of this.querySelectorAll("details")) {
      details.addEventListener("toggle", () => room.offset !== null && this.#showSpans(room, clock.now()));
    }
  }

  /** @param {StatisticsRoom} room @param {number} now on the server */
  #show(room, now) {
    this.#showSpans(room, now);
    const list = part(this, ".statistics-times", HTMLElement);
    const { times } = room;
    for (const [name, row] of [...this.#times]) {
      if (times.some((each) => each.name === name)) continue;
      row.remove();
      this.#times.delete(name);
    }
    times.forEach((each, at) => {
      const row = this.#times.get(each.name) ?? new TimesRowElement();
      this.#times.set(each.name, row);
      if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
      row.show(each);
    });
    showIf(part(this, ".statistics-waiting", HTMLElement), false);
    showIf(part(this, ".statistics-none", HTMLElement), times.length === 0);
  }

  /** @param {StatisticsRoom} room @param {number} now */
  #showSpans(room, now) {
    for (const card of this.querySelectorAll(".statistics-span")) {
      const chart = part(card, "bar-chart", BarChartElement);
      const slots = room.slots(Number(chart.dataset.length), now);
      const words = spanWords(slots);
      chart.show(slots.map(slotBar), `${chart.dataset.title}: ${words}`);
      const summary = part(card, ".statistics-summary", HTMLElement);
      if (summary.textContent !== words) summary.textContent = words;
      if (part(card, "details", HTMLDetailsElement).open) fill(part(card, "tbody", HTMLTableSectionElement), slots);
    }
  }
}

/** The newest first; slots that are alike unknown need no row each. @param {HTMLTableSectionElement} body @param {Slot[]} slots */
function fill(body, slots) {
  const told = slots.filter((slot) => slot.counts).reverse();
  while (body.rows.length > told.length) body.deleteRow(-1);
  while (body.rows.length < told.length) body.insertRow().append(...["th", ...KINDS].map((kind) => document.createElement(kind === "th" ? "th" : "td")));
  told.forEach((slot, at) => {
    const texts = [slotTime(slot), ...KINDS.map((kind) => count(slot.counts?.[kind]))];
    texts.forEach((text, place) => {
      const cell = body.rows[at].cells[place];
      if (cell.textContent !== text) cell.textContent = text;
    });
  });
}

customElements.define("statistics-board", StatisticsBoardElement);
