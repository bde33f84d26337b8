// @ts-check
/** A task in a worker's slot, or one that was there when the worker died, with what has become of it. */

/** @import {Running, WorkerRow} from "../fleet-store.js" */
import { fate, runningWords } from "../fleet-words.js";
import { nameParts, visibleLine } from "../format.js";
import { TextPart, cloned, part, showIf } from "./part.js";
import { StatePillElement } from "./state-pill.js";

export class RunningTaskElement extends HTMLElement {
  /** @type {ReturnType<typeof findParts> | null} */ #parts = null;

  connectedCallback() {
    if (this.#parts) return;
    this.setAttribute("role", "listitem");
    this.append(cloned("running-task-template"));
    this.#parts = findParts(this);
  }

  /** @param {Running} task @param {WorkerRow} row @param {number} now on the server */
  show(task, row, now) {
    const parts = this.#parts;
    if (!parts) return;
    const [module, name] = nameParts(task.name);
    parts.module.set(module);
    parts.name.set(name);
    parts.id.set(visibleLine(task.task_id).slice(0, 8));
    parts.words.set(runningWords(task, row, now));
    const href = `/tasks/${encodeURIComponent(task.task_id)}`;
    if (parts.link.getAttribute("href") !== href) parts.link.setAttribute("href", href);
    const state = fate(task, row);
    if (state) parts.pill.state = state;
    showIf(parts.pill, state !== null);
  }
}

/** @param {HTMLElement} row */
function findParts(row) {
  const text = (/** @type {string} */ name) => new TextPart(row, `.running-task-${name}`);
  return {
    ...{ module: text("module"), name: text("name"), id: text("id"), words: text("words") },
    link: part(row, "a", HTMLAnchorElement),
    pill: part(row, "state-pill", StatePillElement),
  };
}

customElements.define("running-task", RunningTaskElement);
