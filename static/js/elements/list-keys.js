// @ts-check
/** The keyboard in the list: j, k or arrows move, Enter opens. The list keeps the focus, whatever its rows do. */

/** @import {TaskListElement} from "./task-list.js" */

const EDITABLE = "input, textarea, select, [contenteditable]";
const PAGE = 10;

export class ListKeys {
  /** @type {string | null} the task that the next key is about */ #active = null;
  /** @type {number | null} the place that is to be the active one once its task is here */ #awaited = null;

  /** @param {TaskListElement} list */
  constructor(list) {
    this.list = list;
  }

  listen() {
    document.addEventListener("keydown", (event) => this.#pressed(event));
    this.list.addEventListener("focus", () => this.mark());
    this.list.addEventListener("blur", () => this.mark());
  }

  /** Show which row is active: rows come and go under it. */
  mark() {
    const awaited = this.#awaited === null ? undefined : this.list.listed.idAt(this.#awaited);
    if (awaited !== undefined) [this.#active, this.#awaited] = [awaited, null];
    const row = this.#active === null ? undefined : this.list.rowOf(this.#active);
    for (const other of this.list.querySelectorAll("task-row[data-active]")) {
      if (other !== row) other.removeAttribute("data-active");
    }
    row?.setAttribute("data-active", "");
    if (row) this.list.setAttribute("aria-activedescendant", row.id);
    else this.list.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.closest(EDITABLE)) return;
    if (this.#handled(event)) event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  #handled(event) {
    const steps = this.#steps(event.key, document.activeElement === this.list);
    if (steps !== null) return this.#go(steps);
    if (event.key === "Enter" && document.activeElement === this.list) return this.#open();
    return false;
  }

  /** @param {string} key @param {boolean} focused arrows scroll the page unless the list has the focus */
  #steps(key, focused) {
    if (key === "j" || (focused && key === "ArrowDown")) return 1;
    if (key === "k" || (focused && key === "ArrowUp")) return -1;
    if (focused && key === "PageDown") return PAGE;
    if (focused && key === "PageUp") return -PAGE;
    if (focused && key === "Home") return -Infinity;
    return focused && key === "End" ? Infinity : null;
  }

  /** @param {number} steps */
  #go(steps) {
    const { length } = this.list.listed;
    if (!length) return false;
    const at = this.#awaited ?? (this.#active !== null ? this.list.listed.placeOf(this.#active) : undefined);
    const to = Math.min(length - 1, Math.max(0, (at ?? (steps > 0 ? -1 : 0)) + steps));
    this.#awaited = to;
    this.list.focus({ preventScroll: true });
    this.#reveal(to);
    this.mark();
    return true;
  }

  /** @param {number} place */
  #reveal(place) {
    const { rowHeight, body } = this.list;
    const top = body.getBoundingClientRect().top + place * rowHeight;
    const under = this.list.getBoundingClientRect().top < 0 ? 140 : 60;
    if (top < under) scrollBy(0, top - under);
    else if (top + rowHeight > innerHeight) scrollBy(0, top + rowHeight - innerHeight + 8);
  }

  #open() {
    const row = this.#active === null ? undefined : this.list.rowOf(this.#active);
    row?.querySelector("a")?.click();
    return row !== undefined;
  }
}
