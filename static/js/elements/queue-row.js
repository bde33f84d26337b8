// @ts-check
/** One queue: how much waits in it, since when, how much came and went in the last minute, who takes from it. */

/** @import {QueueRow} from "../fleet-store.js" */
import { ageWords, perMinute, takerWords, waitingWords } from "../fleet-words.js";
import { isNumber, visibleLine } from "../format.js";
import { TextPart, cloned, part, showIf } from "./part.js";

export class QueueRowElement extends HTMLElement {
  #name = "";
  /** @type {ReturnType<typeof findParts> | null} */ #parts = null;

  connectedCallback() {
    if (this.#parts) return;
    this.setAttribute("role", "row");
    this.append(cloned("queue-row-template"));
    this.#parts = findParts(this);
    this.#empty.addEventListener("click", () => {
      this.dispatchEvent(new CustomEvent("purge", { bubbles: true, detail: this.#name }));
    });
  }

  get #empty() {
    return part(this, ".queue-row-empty", HTMLButtonElement);
  }

  /** @param {QueueRow} row @param {number} now on the server */
  show(row, now) {
    const parts = this.#parts;
    if (!parts) return;
    this.#name = row.name;
    this.#empty.setAttribute("aria-label", `Empty the queue ${visibleLine(row.name)}`);
    showIf(this.#empty, isNumber(row.waiting));
    const stuck = !row.workers && row.waiting ? "yes" : "no";
    if (this.dataset.stuck !== stuck) this.dataset.stuck = stuck;
    parts.name.set(visibleLine(row.name));
    parts.waiting.set(waitingWords(row));
    parts.age.set(ageWords(row, now));
    parts.came.set(perMinute(row.came));
    parts.went.set(perMinute(row.went));
    parts.workers.set(takerWords(row));
  }
}

/** @param {HTMLElement} row */
function findParts(row) {
  const text = (/** @type {string} */ name) => new TextPart(row, `.queue-row-${name}`);
  return {
    ...{ name: text("name"), waiting: text("waiting"), age: text("age") },
    ...{ came: text("came"), went: text("went"), workers: text("workers") },
  };
}

customElements.define("queue-row", QueueRowElement);
