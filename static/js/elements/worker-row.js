// @ts-check
/** One worker: its slots, what each of them runs, how fast it is, what it takes, since when it is there or gone. */

/** @import {WorkerRow} from "../fleet-store.js" */
import { memoryWords, rateWords, slotWords, standingWords } from "../fleet-words.js";
import { count, visibleLine } from "../format.js";
import { TextPart, cloned, part, showIf } from "./part.js";
import { SlotBarsElement } from "./slot-bars.js";
import { RunningTaskElement } from "./running-task.js";

const MOST_SHOWN = 12;

export class WorkerRowElement extends HTMLElement {
  /** @type {ReturnType<typeof findParts> | null} */ #parts = null;

  connectedCallback() {
    if (this.#parts) return;
    this.setAttribute("role", "listitem");
    this.append(cloned("worker-row-template"));
    this.#parts = findParts(this);
  }

  /** @param {WorkerRow} row @param {number} now on the server */
  show(row, now) {
    const parts = this.#parts;
    if (!parts) return;
    if (this.dataset.standing !== row.standing) this.dataset.standing = row.standing;
    parts.name.set(visibleLine(row.name));
    parts.standing.set(standingWords(row, now));
    parts.bars.show(row);
    parts.slots.set(slotWords(row));
    parts.rate.set(rateWords(row));
    parts.queues.set(row.queues.length ? row.queues.map(visibleLine).join(", ") : "none");
    parts.pool.set(visibleLine(row.pool ?? "unknown"));
    parts.memory.set(memoryWords(row));
    parts.pid.set(row.pid === undefined ? "unknown" : String(row.pid));
    this.#run(parts, row, now);
  }

  /** @param {ReturnType<typeof findParts>} parts @param {WorkerRow} row @param {number} now */
  #run(parts, row, now) {
    const { tasks } = parts;
    const shown = row.running.slice(0, MOST_SHOWN);
    while (tasks.childElementCount > shown.length) tasks.lastElementChild?.remove();
    while (tasks.childElementCount < shown.length) tasks.append(new RunningTaskElement());
    shown.forEach((task, at) => /** @type {RunningTaskElement} */ (tasks.children[at]).show(task, row, now));
    showIf(tasks, shown.length > 0);
    const untold = (row.busy ?? 0) - shown.length;
    parts.more.set(untold > 0 ? `and ${count(untold)} more` : "");
  }
}

/** @param {HTMLElement} row */
function findParts(row) {
  const text = (/** @type {string} */ name) => new TextPart(row, `.worker-row-${name}`);
  return {
    ...{ name: text("name"), standing: text("standing"), slots: text("slots"), rate: text("rate"), more: text("more") },
    ...{ queues: text("queues"), pool: text("pool"), memory: text("memory"), pid: text("pid") },
    bars: part(row, "slot-bars", SlotBarsElement),
    tasks: part(row, ".worker-row-tasks", HTMLElement),
  };
}

customElements.define("worker-row", WorkerRowElement);
