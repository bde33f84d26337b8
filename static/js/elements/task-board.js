// @ts-check
/** The board: every task, newest first, behind tabs that count the states. */

/** @import {ServerClock} from "../server-clock.js" */
/** @import {Room} from "../task-store.js" */
/** @import {Row} from "../types.js" */
import { count } from "../format.js";
import { milestone } from "../milestones.js";
import { Paces } from "../pace.js";
import { countGroups, groupOf } from "../states.js";
import { listed } from "../task-list.js";
import { TextPart, part, showIf } from "./part.js";
import { StateTabsElement } from "./state-tabs.js";
import { TaskListElement } from "./task-list.js";

const RELIST_EVERY_MS = 250;
const TICK_MS = 1000;

export class TaskBoardElement extends HTMLElement {
  live = false;

  #paces = new Paces();
  /** @type {Map<string, string>} the group each task was last seen in */ #groups = new Map();
  /** @type {Map<string, Row | undefined>} tasks started from this page, as they were last told */ #own = new Map();
  #relisting = false;
  #relistedAt = 0;

  /** @param {Room} room @param {ServerClock} clock */
  attach(room, clock) {
    this.#list.model = {
      row: (id) => room.rows.get(id),
      left: (row) => this.#paces.left(row, clock.now()),
      now: () => clock.now(),
    };
    room.watch((ids, live) => this.#changed(room, clock, ids, live));
    this.#tabs.addEventListener("tab-chosen", () => this.#relist(room));
    document.addEventListener("task-sent", (event) => this.#own.set(/** @type {CustomEvent} */ (event).detail, undefined));
    setInterval(() => this.live && this.#list.refresh(null), TICK_MS);
  }

  get #list() {
    return part(this, "task-list", TaskListElement);
  }

  get #tabs() {
    return part(this, "state-tabs", StateTabsElement);
  }

  /** @param {Room} room @param {ServerClock} clock @param {Set<string> | null} ids @param {boolean} live */
  #changed(room, clock, ids, live) {
    let moved = ids === null;
    for (const id of ids ?? room.rows.keys()) {
      const row = room.rows.get(id);
      if (row && live) clock.heard(row);
      this.#paces.heard(id, row);
      moved = this.#regrouped(id, row) || moved;
      this.#tell(id, row);
    }
    if (moved) this.#relistSoon(room);
    this.#list.refresh(ids);
    if (room.counts) this.#tabs.counts = countGroups(room.counts);
  }

  /** Whether it is new, gone, or under another tab now. @param {string} id @param {Row | undefined} row */
  #regrouped(id, row) {
    const group = row && groupOf(row.state);
    if (this.#groups.get(id) === group) return false;
    if (group) this.#groups.set(id, group);
    else this.#groups.delete(id);
    return true;
  }

  /** Milestones of what was started here; those of everyone would never end. @param {string} id @param {Row | undefined} row */
  #tell(id, row) {
    if (!row || !this.#own.has(id)) return;
    const text = milestone(this.#own.get(id), row);
    this.#own.set(id, row);
    if (text) part(this, ".task-board-said", HTMLElement).textContent = text;
  }

  /** Sorting is not for every frame: at once after a quiet moment, then four times a second. @param {Room} room */
  #relistSoon(room) {
    if (this.#relisting) return;
    const wait = this.#relistedAt + RELIST_EVERY_MS - performance.now();
    if (wait <= 0) return this.#relist(room);
    this.#relisting = true;
    setTimeout(() => this.#relist(room), wait);
  }

  /** @param {Room} room */
  #relist(room) {
    this.#relisting = false;
    this.#relistedAt = performance.now();
    this.#list.ids = listed(room.rows.values(), this.#tabs.chosen);
    this.#list.refresh(null);
    this.#say(room);
  }

  /** What the list alone doesn't say: that it is empty, or not all. @param {Room} room */
  #say(room) {
    const total = countGroups(room.counts ?? {}).get("all") ?? 0;
    const listedNow = this.#list.ids.length;
    showIf(part(this, ".task-board-empty", HTMLElement), listedNow === 0 && this.#tabs.chosen === "all");
    showIf(part(this, ".task-board-none", HTMLElement), listedNow === 0 && this.#tabs.chosen !== "all");
    showIf(part(this, ".task-board-more", HTMLElement), total > room.rows.size);
    this.#more.set(`The newest ${count(room.rows.size)} of ${count(total)} tasks are listed.`);
    showIf(part(this, ".task-board-waiting", HTMLElement), false);
  }

  #more = new TextPart(this, ".task-board-more");
}

customElements.define("task-board", TaskBoardElement);
