// @ts-check
/** The few row elements that are on the page, each given to one task as long as that is in the window. */

import { TaskRowElement } from "./task-row.js";

export class RowPool {
  /** @type {Map<string, TaskRowElement>} */ #shown = new Map();
  /** @type {TaskRowElement[]} */ #free = [];

  /** The tasks that have a row. */
  get ids() {
    return this.#shown.keys();
  }

  /** @param {string} id */
  rowOf(id) {
    return this.#shown.get(id);
  }

  /** Take the rows back from all other tasks. @param {Set<string>} wanted */
  keep(wanted) {
    for (const [id, row] of [...this.#shown]) {
      if (wanted.has(id)) continue;
      this.#shown.delete(id);
      this.#free.push(row);
    }
  }

  /** A task keeps its row while it is in the window: under a pointer or a click nothing changes places. @param {string} id @param {HTMLElement} parent */
  take(id, parent) {
    const row = this.#shown.get(id) ?? this.#free.pop() ?? make(parent);
    row.hidden = false;
    this.#shown.set(id, row);
    return row;
  }

  hideFree() {
    for (const row of this.#free) row.hidden = true;
  }
}

/** @param {HTMLElement} parent */
function make(parent) {
  const row = new TaskRowElement();
  row.id = `row-${parent.childElementCount}`;
  parent.append(row);
  return row;
}
