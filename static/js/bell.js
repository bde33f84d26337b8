// @ts-check
/** Tells of the ends that this browser wants to be told of: one tab does, however many are open. */

/** @import {Row} from "./types.js" */
/** @import {Wish, Wishes} from "./wishes.js" */
import { isFinal } from "./states.js";
import { Room } from "./task-store.js";

/** Storage reaches the other tabs a moment later: until then the one that tells keeps them out. */
const HELD_MS = 3000;

/** The tab that shows the task goes first: a click then leads to it. */
const AFTER_OTHERS_MS = 250;

/**
 * @typedef {object} Edge
 * @property {(room: Room) => void} follow keep the room as the server has it, aside of what the page shows
 * @property {(name: string, run: () => Promise<void>) => Promise<void>} alone run it if no other tab is at it
 * @property {(taskId: string) => Promise<string>} takeBack tells the server; `mailed` if an e-mail was quicker
 * @property {(row: Row) => void} ring
 * @property {(ms: number) => Promise<void>} wait
 */

export class Bell extends EventTarget {
  /** @type {Map<string, Room>} */ #rooms = new Map();
  /** @type {Wishes} */ #wishes;
  /** @type {Edge} */ #edge;
  /** @type {Room | null} */ #shown;

  /** @param {Wishes} wishes @param {Edge} edge @param {Room | null} shown the room of this page */
  constructor(wishes, edge, shown = null) {
    super();
    [this.#wishes, this.#edge, this.#shown] = [wishes, edge, shown];
  }

  /** Look at what is wished: at the start, and whenever a tab has changed it. */
  look() {
    for (const taskId of this.#wishes.tasks()) {
      if (this.#rooms.has(taskId)) this.#heard(taskId);
      else this.#watch(taskId);
    }
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} taskId */
  #watch(taskId) {
    const name = `task:${taskId}`;
    const own = this.#shown?.name === name ? this.#shown : null;
    const room = own ?? new Room(name);
    this.#rooms.set(taskId, room);
    room.watch(() => this.#heard(taskId));
    if (!own) this.#edge.follow(room);
    this.#heard(taskId);
  }

  /** @param {string} taskId */
  #heard(taskId) {
    const room = this.#rooms.get(taskId);
    const row = room?.rows.get(taskId);
    if (row && isFinal(row.state) && this.#wishes.of(taskId)) void this.#end(row, room === this.#shown ? 0 : AFTER_OTHERS_MS);
  }

  /** @param {Row} row @param {number} pauseMs */
  async #end(row, pauseMs) {
    await this.#edge.wait(pauseMs);
    await this.#edge.alone(`pushboard-told-${row.task_id}`, async () => {
      const wish = this.#wishes.of(row.task_id);
      if (!wish) return;
      this.#wishes.drop(row.task_id);
      await this.#tell(row, wish);
      this.dispatchEvent(new Event("change"));
      await this.#edge.wait(HELD_MS);
    });
  }

  /** Who was told by e-mail while the browser was away need not be told again. @param {Row} row @param {Wish} wish */
  async #tell(row, wish) {
    const state = wish.email ? await this.#edge.takeBack(row.task_id) : "none";
    if (wish.notify && state !== "mailed") this.#edge.ring(row);
  }
}
