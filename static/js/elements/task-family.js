// @ts-check
/** Which task sent this one, and which tasks it has sent. */

/** @import {Room} from "../task-store.js" */
/** @import {Row} from "../types.js" */
import { count, nameParts, visibleLine } from "../format.js";
import { cloned, part, showIf } from "./part.js";
import { StatePillElement } from "./state-pill.js";

export class TaskFamilyElement extends HTMLElement {
  /** @type {Map<string, HTMLLIElement>} */ #items = new Map();

  /** @param {Row} row @param {Row[]} children those that are known, in the order in which they were sent */
  show(row, children) {
    const root = row.root_id !== row.parent_id ? row.root_id : undefined;
    this.#link(".task-family-parent", row.parent_id);
    this.#link(".task-family-root", root);
    const gone = new Set(this.#items.keys());
    for (const child of children) {
      gone.delete(child.task_id);
      this.#show(child);
    }
    for (const id of gone) this.#remove(id);
    const more = Math.max(0, (row.children ?? 0) - children.length);
    const said = part(this, ".task-family-more", HTMLElement);
    said.textContent = more ? `and ${count(more)} more` : "";
    showIf(part(this, ".task-family-sent", HTMLElement), children.length + more > 0);
    showIf(this, Boolean(row.parent_id || root || children.length || more));
  }

  /** @param {string} selector @param {string | undefined} id */
  #link(selector, id) {
    const line = part(this, selector, HTMLElement);
    showIf(line, Boolean(id));
    if (!id) return;
    const link = part(line, "a", HTMLAnchorElement);
    link.href = `/tasks/${encodeURIComponent(id)}`;
    link.textContent = visibleLine(id);
  }

  /** @param {Row} child */
  #show(child) {
    const item = this.#items.get(child.task_id) ?? this.#add(child.task_id);
    part(item, "state-pill", StatePillElement).state = child.state;
    const link = part(item, "a", HTMLAnchorElement);
    const name = nameParts(child.name).join("");
    if (link.textContent !== name) link.textContent = name;
    const summary = visibleLine(child.summary);
    const said = part(item, ".task-family-summary", HTMLElement);
    if (said.textContent !== summary) said.textContent = summary;
  }

  /** @param {string} id */
  #add(id) {
    const item = part(cloned("task-family-template"), "li", HTMLLIElement);
    part(item, "a", HTMLAnchorElement).href = `/tasks/${encodeURIComponent(id)}`;
    this.#items.set(id, item);
    part(this, "ul", HTMLUListElement).append(item);
    return item;
  }

  /** @param {string} id */
  #remove(id) {
    this.#items.get(id)?.remove();
    this.#items.delete(id);
  }
}

/** The tasks that this one has sent, in their order. @param {Room} room @returns {Row[]} */
export function childrenIn(room) {
  const own = room.name.slice("task:".length);
  const others = [...room.rows.values()].filter((row) => row.task_id !== own);
  return others.sort((a, b) => (String(a.heard) < String(b.heard) ? -1 : 1));
}

customElements.define("task-family", TaskFamilyElement);
