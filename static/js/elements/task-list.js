// @ts-check
/** A window of plain rows over a list of any length (10,000 rows at 60 frames a second, measured). */

/** @import {Row} from "../types.js" */
import { ListPart, steadyWindow } from "../task-list.js";
import { ListKeys } from "./list-keys.js";
import { part } from "./part.js";
import { RowPool } from "./row-pool.js";

/**
 * @typedef {object} Model what the list shows
 * @property {(id: string) => Row | undefined} row
 * @property {(row: Row) => number | null} left
 * @property {() => number} now
 */

export class TaskListElement extends HTMLElement {
  /** @type {Model | null} */ model = null;

  #listed = new ListPart([], 0, 0);
  #seen = "";
  #pool = new RowPool();
  /** @type {Set<string>} */ #dirty = new Set();
  #moved = true;
  #relisted = true;
  /** @type {[number, number]} */ #window = [0, 0];
  #painting = false;
  #rowHeight = 52;
  #keys = new ListKeys(this);

  connectedCallback() {
    addEventListener("scroll", () => this.#move(), { passive: true });
    new ResizeObserver(() => this.#measure()).observe(document.documentElement);
    this.#keys.listen();
  }

  /** @param {ListPart} listed */
  set listed(listed) {
    const anchor = this.#anchor();
    this.#listed = listed;
    this.setAttribute("aria-rowcount", String(listed.length + 1));
    this.#resize();
    if (anchor) this.#keep(anchor);
    this.#move(true);
  }

  get listed() {
    return this.#listed;
  }

  get rowHeight() {
    return this.#rowHeight;
  }

  get body() {
    return part(this, ".task-list-body", HTMLElement);
  }

  /** @param {string} id */
  rowOf(id) {
    return this.#pool.rowOf(id);
  }

  /** These tasks have changed; null: all of them. @param {Iterable<string> | null} ids */
  refresh(ids) {
    for (const id of ids ?? this.#pool.ids) this.#dirty.add(id);
    this.#paintSoon();
  }

  #measure() {
    this.#rowHeight = parseFloat(getComputedStyle(this).getPropertyValue("--row-height")) || 52;
    this.#resize();
    this.#move(true);
  }

  #resize() {
    this.body.style.height = `${this.#listed.length * this.#rowHeight}px`;
  }

  #move(relisted = false) {
    [this.#moved, this.#relisted] = [true, this.#relisted || relisted];
    this.#paintSoon();
  }

  /** The first row in view, if the reader has scrolled: new tasks above must not push it away. */
  #anchor() {
    const top = -this.body.getBoundingClientRect().top;
    const index = Math.floor(top / this.#rowHeight);
    const id = this.#listed.idAt(index);
    return top > 0 && id !== undefined ? { id, index } : null;
  }

  /** @param {{id: string, index: number}} anchor */
  #keep({ id, index }) {
    const place = this.#listed.placeOf(id);
    if (place !== undefined && place !== index) scrollBy(0, (place - index) * this.#rowHeight);
  }

  #paintSoon() {
    if (this.#painting) return;
    this.#painting = true;
    requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    this.#painting = false;
    if (!this.model) return;
    if (this.#moved) this.#arrange();
    for (const id of this.#dirty) this.#fill(id, this.model);
    this.#dirty.clear();
  }

  #arrange() {
    this.#moved = false;
    const top = -this.body.getBoundingClientRect().top;
    const window = steadyWindow(this.#window, top, innerHeight, this.#rowHeight, this.#listed.length);
    if (window === this.#window && !this.#relisted) return;
    [this.#window, this.#relisted] = [window, false];
    const [first, last] = window;
    const wanted = new Set(this.#listed.between(first, last));
    this.#pool.keep(wanted);
    for (const id of wanted) this.#place(id);
    this.#pool.hideFree();
    this.#keys.mark();
    this.toggleAttribute("data-gaps", wanted.size < last - first);
    this.#tell(first, last);
  }

  /** Whoever gives the list its part must know what is looked at. @param {number} first @param {number} last */
  #tell(first, last) {
    if (this.#seen === `${first} ${last}`) return;
    this.#seen = `${first} ${last}`;
    this.dispatchEvent(new CustomEvent("places-shown", { detail: { first, last } }));
  }

  /** @param {string} id */
  #place(id) {
    const index = this.#listed.placeOf(id) ?? 0;
    if (!this.#pool.rowOf(id)) this.#dirty.add(id);
    this.#pool.take(id, this.body).place(index, index * this.#rowHeight);
  }

  /** @param {string} id @param {Model} model */
  #fill(id, model) {
    const row = model.row(id);
    if (row) this.#pool.rowOf(id)?.show(row, model.left(row), model.now());
  }
}

customElements.define("task-list", TaskListElement);
