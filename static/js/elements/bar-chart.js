// @ts-check
/** Bars in an SVG. A slider below it goes from bar to bar: by keyboard, by touch, and with the pointer over the bars. */

/** @import {Bar} from "../statistics.js" */
import { count } from "../format.js";
import { highest } from "../statistics.js";
import { TextPart } from "./part.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const HEIGHT = 100;
const GAP = 0.2;

export class BarChartElement extends HTMLElement {
  /** @type {Bar[]} */ #bars = [];
  /** @type {ReturnType<typeof build> | null} */ #parts = null;
  #drawn = "";

  connectedCallback() {
    if (this.#parts) return;
    this.#parts = build(this);
    const { svg, slider } = this.#parts;
    slider.addEventListener("input", () => this.#read());
    svg.addEventListener("pointermove", (event) => this.#point(event.clientX));
  }

  /** @param {Bar[]} bars @param {string} label what all of them say, in words */
  show(bars, label) {
    if (!this.#parts) return;
    const { svg, slider, most } = this.#parts;
    const atEnd = !this.#bars.length || Number(slider.value) === this.#bars.length - 1;
    const had = this.#bars.length;
    this.#bars = bars;
    svg.setAttribute("aria-label", label);
    slider.max = String(bars.length - 1);
    if (atEnd || had !== bars.length) slider.value = slider.max;
    most.set(bars.some((bar) => bar.parts) ? `Highest: ${count(highest(bars))}` : "");
    this.#draw(svg);
    this.#read();
  }

  /** @param {SVGSVGElement} svg */
  #draw(svg) {
    const drawn = JSON.stringify(this.#bars.map((bar) => bar.parts));
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    svg.setAttribute("viewBox", `0 0 ${this.#bars.length} ${HEIGHT}`);
    const scale = HEIGHT / highest(this.#bars);
    svg.replaceChildren(...this.#bars.flatMap((bar, place) => drawBar(bar, place, scale)));
  }

  /** @param {number} x */
  #point(x) {
    if (!this.#parts) return;
    const { left, width } = this.#parts.svg.getBoundingClientRect();
    this.#parts.slider.value = String(Math.floor(((x - left) / width) * this.#bars.length));
    this.#read();
  }

  #read() {
    if (!this.#parts) return;
    const { svg, slider, readout } = this.#parts;
    const place = Number(slider.value);
    const words = this.#bars[place]?.words ?? "";
    slider.setAttribute("aria-valuetext", words);
    readout.set(words);
    for (const bar of svg.querySelectorAll("[data-at]")) bar.toggleAttribute("data-chosen", bar.getAttribute("data-at") === String(place));
  }
}

/** What is not known is a pale full bar: no bar would say 0. @param {Bar} bar @param {number} place @param {number} scale */
function drawBar(bar, place, scale) {
  if (!bar.parts) return [rectangle(place, 0, HEIGHT, "unknown")];
  let top = HEIGHT;
  return bar.parts.filter(({ value }) => value > 0).map(({ group, value }) => {
    const height = Math.max(value * scale, 2);
    top -= height;
    return rectangle(place, Math.max(top, 0), height, group);
  });
}

/** @param {number} place @param {number} y @param {number} height @param {string} group */
function rectangle(place, y, height, group) {
  const bar = document.createElementNS(NAMESPACE, "rect");
  const [x, width] = group === "unknown" ? [place, 1] : [place + GAP / 2, 1 - GAP];
  for (const [name, value] of Object.entries({ x, y, width, height, "data-group": group, "data-at": place })) bar.setAttribute(name, String(value));
  return bar;
}

/** @param {HTMLElement} chart */
function build(chart) {
  const svg = document.createElementNS(NAMESPACE, "svg");
  svg.setAttribute("role", "img");
  svg.setAttribute("preserveAspectRatio", "none");
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = "0";
  slider.setAttribute("aria-label", `${chart.dataset.title ?? "Bars"}, one by one`);
  const [readout, most] = [document.createElement("output"), document.createElement("span")];
  [readout.className, most.className] = ["bar-chart-readout", "bar-chart-most"];
  chart.append(most, svg, slider, readout);
  return { svg, slider, readout: new TextPart(chart, ".bar-chart-readout"), most: new TextPart(chart, ".bar-chart-most") };
}

customElements.define("bar-chart", BarChartElement);
