// @ts-check
/** The page of workers and queues. */

/** @import {ServerClock} from "../server-clock.js" */
/** @import {FleetRoom} from "../fleet-store.js" */
import { summaryWords } from "../fleet-words.js";
import { TextPart, part, showIf } from "./part.js";
import { PurgeDialogElement } from "./purge-dialog.js";
import { QueueRowElement } from "./queue-row.js";
import { WorkerRowElement } from "./worker-row.js";

const TICK_MS = 1000;

export class FleetBoardElement extends HTMLElement {
  live = false;

  /** @type {Map<string, WorkerRowElement>} */ #workers = new Map();
  /** @type {Map<string, QueueRowElement>} */ #queues = new Map();
  #summary = new TextPart(this, ".fleet-board-summary");

  /** @param {FleetRoom} room @param {ServerClock} clock */
  attach(room, clock) {
    part(this, "purge-dialog", PurgeDialogElement).attach(room);
    room.watch(() => this.#show(room, clock.now()));
    setInterval(() => this.live && this.#show(room, clock.now()), TICK_MS);
  }

  /** @param {FleetRoom} room @param {number} now on the server */
  #show(room, now) {
    const { workers, queues } = room;
    this.#summary.set(summaryWords(workers, queues));
    place(part(this, ".fleet-board-workers", HTMLElement), this.#workers, workers, () => new WorkerRowElement());
    place(part(this, ".fleet-board-queues", HTMLElement), this.#queues, queues, () => new QueueRowElement());
    for (const row of workers) this.#workers.get(row.id)?.show(row, now);
    for (const row of queues) this.#queues.get(row.id)?.show(row, now);
    showIf(part(this, ".fleet-board-waiting", HTMLElement), false);
    showIf(part(this, ".fleet-board-none", HTMLElement), workers.length === 0);
    showIf(part(this, ".queue-table", HTMLElement), queues.length > 0);
    showIf(part(this, ".fleet-board-no-queues", HTMLElement), queues.length === 0);
  }
}

/**
 * Each row keeps its element; elements move only if the order has changed, so that focus stays where it is.
 * @template {HTMLElement} T
 * @param {HTMLElement} parent @param {Map<string, T>} had @param {{id: string}[]} rows @param {() => T} make
 */
function place(parent, had, rows, make) {
  const ids = new Set(rows.map((row) => row.id));
  for (const [id, element] of [...had]) {
    if (ids.has(id)) continue;
    element.remove();
    had.delete(id);
  }
  rows.forEach((row, at) => {
    const element = had.get(row.id) ?? make();
    had.set(row.id, element);
    const there = parent.children[at];
    if (there !== element) parent.insertBefore(element, there ?? null);
  });
}

customElements.define("fleet-board", FleetBoardElement);
