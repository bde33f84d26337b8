// @ts-check
/** One task name: how long its runs take. */

/** @import {Times} from "../statistics.js" */
import { nameParts } from "../format.js";
import { timesBars, timesWords } from "../statistics.js";
import { BarChartElement } from "./bar-chart.js";
import { TextPart, cloned, part } from "./part.js";

export class TimesRowElement extends HTMLElement {
  /** @type {ReturnType<typeof findParts> | null} */ #parts = null;

  connectedCallback() {
    if (this.#parts) return;
    this.setAttribute("role", "listitem");
    this.append(cloned("times-row-template"));
    this.#parts = findParts(this);
  }

  /** @param {Times} times */
  show(times) {
    if (!this.#parts) return;
    const [module, name] = nameParts(times.name);
    this.#parts.module.set(module);
    this.#parts.name.set(name);
    this.#parts.figures.set(timesWords(times));
    this.#parts.chart.show(timesBars(times), `${module}${name}: ${timesWords(times)}`);
  }
}

/** @param {HTMLElement} row */
function findParts(row) {
  const text = (/** @type {string} */ name) => new TextPart(row, `.times-row-${name}`);
  return { module: text("module"), name: text("name"), figures: text("figures"), chart: part(row, "bar-chart", BarChartElement) };
}

customElements.define("times-row", TimesRowElement);
