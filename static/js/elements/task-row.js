// @ts-check
/** One task in the list. Made once, then given one task after the other. */

/** @import {Row} from "../types.js" */
import { clock, duration, fraction, nameParts, percent, visibleLine } from "../format.js";
import { shortRange } from "../outlook-words.js";
import { outlooks } from "../outlooks.js";
import { elapsed, stalledFor } from "../pace.js";
import { progressWords } from "../progress-words.js";
import { groupOf } from "../states.js";
import { TextPart, cloned, part } from "./part.js";
import { ProgressBarElement } from "./progress-bar.js";
import { StatePillElement } from "./state-pill.js";

export class TaskRowElement extends HTMLElement {
  /** @type {ReturnType<typeof findParts> | null} */ #parts = null;
  #top = -1;

  connectedCallback() {
    if (this.#parts) return;
    this.setAttribute("role", "row");
    this.append(cloned("task-row-template"));
    this.#parts = findParts(this);
  }

  /** Where in the list it stands. @param {number} index @param {number} top in pixels */
  place(index, top) {
    if (top === this.#top) return;
    this.#top = top;
    this.style.transform = `translateY(${top}px)`;
    this.setAttribute("aria-rowindex", String(index + 2));
  }

  /**
   * @param {Row} row
   * @param {number | null} left seconds left, if there is ground for saying so
   * @param {number} now
   */
  show(row, left, now) {
    if (!this.#parts) return;
    this.#who(this.#parts, row);
    this.#progress(this.#parts, row, now);
    this.#parts.left.set(shortRange(outlooks.left(row, left, now)));
    this.#parts.elapsed.set(timeSpent(row, now));
  }

  /** @param {ReturnType<typeof findParts>} parts @param {Row} row */
  #who(parts, row) {
    const [module, task] = nameParts(row.name);
    parts.pill.state = row.state;
    parts.module.set(module);
    parts.task.set(task);
    parts.id.set(visibleLine(row.task_id).slice(0, 8));
    parts.worker.set(visibleLine(row.worker));
    const href = `/tasks/${encodeURIComponent(row.task_id)}`;
    if (parts.link.getAttribute("href") !== href) parts.link.setAttribute("href", href);
  }

  /** @param {ReturnType<typeof findParts>} parts @param {Row} row @param {number} now */
  #progress(parts, row, now) {
    const group = groupOf(row.state);
    const done = group === "running" || group === "retrying" ? fraction(row) : null;
    this.#mark("group", group);
    this.#mark("bar", done === null ? "no" : "yes");
    this.#mark("stalled", stalledFor(row, now) === null ? "no" : "yes");
    parts.bar.fraction = done;
    parts.percent.set(percent(done));
    parts.note.set(progressWords(row, now));
  }

  /** @param {string} name @param {string} value */
  #mark(name, value) {
    if (this.dataset[name] !== value) this.dataset[name] = value;
  }
}

/** What took less than a second has digits too, once it has ended. @param {Row} row @param {number} now */
function timeSpent(row, now) {
  const seconds = elapsed(row, now);
  return clock(seconds) || (seconds !== null && row.ended_at !== undefined ? duration(seconds) : "");
}

/** @param {TaskRowElement} row */
function findParts(row) {
  return {
    pill: part(row, "state-pill", StatePillElement),
    link: part(row, "a", HTMLAnchorElement),
    bar: part(row, "progress-bar", ProgressBarElement),
    module: new TextPart(row, ".task-row-module"),
    task: new TextPart(row, ".task-row-function"),
    id: new TextPart(row, ".task-row-id"),
    percent: new TextPart(row, ".task-row-percent"),
    note: new TextPart(row, ".task-row-note"),
    left: new TextPart(row, ".task-row-left"),
    elapsed: new TextPart(row, ".task-row-elapsed"),
    worker: new TextPart(row, ".task-row-worker"),
  };
}

customElements.define("task-row", TaskRowElement);
