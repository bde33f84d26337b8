// @ts-check
/** The board: the list of tasks, and what is asked of it; the address says the same. */

/** @import {ServerClock} from "../server-clock.js" */
/** @import {Question} from "../task-query.js" */
/** @import {Room} from "../task-store.js" */
/** @import {Row, TaskPage} from "../types.js" */
import { milestone } from "../milestones.js";
import { Paces } from "../pace.js";
import { countGroups } from "../states.js";
import { ListPart } from "../task-list.js";
import { TaskPager } from "../task-pager.js";
import { read, write } from "../task-query.js";
import { BoardWords } from "./board-words.js";
import { part } from "./part.js";
import { StateTabsElement } from "./state-tabs.js";
import { TaskFiltersElement } from "./task-filters.js";
import { TaskListElement } from "./task-list.js";

const RELIST_EVERY_MS = 250;
const KEEP_OLD_MS = 400;
const TICK_MS = 1000;
const HOME = location.pathname;

export class TaskBoardElement extends HTMLElement {
  live = false;

  #paces = new Paces();
  /** @type {Map<string, Row | undefined>} tasks started from this page, as they were last told */ #own = new Map();
  #words = new BoardWords(this);
  #relisting = 0;
  #relistedAt = 0;
  #askedAt = 0;

  /** @param {Room} room @param {ServerClock} clock */
  attach(room, clock) {
    const pager = new TaskPager(room, {
      ask: fetchPage,
      later: (run, ms) => setTimeout(run, ms),
      changed: (moved, asked) => this.#changed(pager, moved, asked),
    });
    this.#list.model = {
      row: (id) => pager.pages.rows.get(id),
      left: (row) => this.#paces.left(row, clock.now()),
      now: () => clock.now(),
    };
    room.watch((ids, live, changes) => {
      this.#hear(room, pager, clock, ids && changes.map((change) => change.task_id), live);
    });
    this.#listen(pager);
    this.#show(pager, read(location.search));
    setInterval(() => this.live && this.#list.refresh(null), TICK_MS);
  }

  #list = part(this, "task-list", TaskListElement);
  #tabs = part(this, "state-tabs", StateTabsElement);
  #filters = part(this, "task-filters", TaskFiltersElement);

  /** @param {TaskPager} pager */
  #listen(pager) {
    this.#list.addEventListener("places-shown", (event) => {
      const { first, last } = /** @type {CustomEvent} */ (event).detail;
      pager.look(first, last);
    });
    this.#tabs.addEventListener("tab-chosen", (event) => {
      this.#choose(pager, { ...pager.pages.question, state: /** @type {CustomEvent} */ (event).detail }, false);
    });
    this.#filters.addEventListener("filters-chosen", (event) => {
      const { question, typing } = /** @type {CustomEvent} */ (event).detail;
      this.#choose(pager, question, typing);
    });
    addEventListener("popstate", () => this.#moved(pager));
    document.addEventListener("task-sent", (event) => this.#own.set(/** @type {CustomEvent} */ (event).detail, undefined));
  }

  /** Each choice is a step that "back" undoes; each letter of a text is not. @param {TaskPager} pager @param {Question} question @param {boolean} typing */
  #choose(pager, question, typing) {
    if (write(question) === write(pager.pages.question)) return;
    const address = location.pathname + write(question);
    if (typing && pager.pages.question.q) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    this.#show(pager, question);
    if (this.#list.getBoundingClientRect().top < 0) this.scrollIntoView();
  }

  /** At a task's address the list is as it was, and the task beside it. @param {TaskPager} pager */
  #moved(pager) {
    const question = read(location.search);
    if (location.pathname === HOME && write(question) !== write(pager.pages.question)) this.#show(pager, question);
  }

  /** @param {TaskPager} pager @param {Question} question */
  #show(pager, question) {
    this.#askedAt = performance.now();
    this.#tabs.chosen = question.state;
    this.#filters.question = question;
    this.#words.asked(question);
    pager.put(question);
  }

  /** @param {Room} room @param {TaskPager} pager @param {ServerClock} clock @param {string[] | null} ids @param {boolean} live */
  #hear(room, pager, clock, ids, live) {
    for (const id of ids ?? room.rows.keys()) {
      const row = room.rows.get(id) ?? pager.pages.rows.get(id);
      if (row && live) clock.heard(row);
      this.#paces.heard(id, row);
      this.#tell(id, row);
    }
    this.#list.refresh(ids);
    if (room.counts) this.#tabs.counts = countGroups(room.counts);
  }

  /** Milestones of what was started here; those of everyone would never end. @param {string} id @param {Row | undefined} row */
  #tell(id, row) {
    if (!row || !this.#own.has(id)) return;
    const text = milestone(this.#own.get(id), row);
    this.#own.set(id, row);
    if (text) this.#words.say(text);
  }

  /** Arranging is not for every frame: at once after a quiet moment, then four times a second. @param {TaskPager} pager @param {boolean} moved @param {boolean} [asked] */
  #changed(pager, moved, asked = false) {
    if (!moved && !pager.trouble) return;
    const now = performance.now();
    // A list that is asked for is there in a moment: until then the old one stays.
    const wait = pager.pages.isFilled ? this.#relistedAt + RELIST_EVERY_MS - now : this.#askedAt + KEEP_OLD_MS - now;
    if (wait <= 0 || (asked && pager.pages.isFilled)) return this.#relist(pager);
    this.#relisting ||= setTimeout(() => this.#relist(pager), wait);
  }

  /** @param {TaskPager} pager */
  #relist(pager) {
    clearTimeout(this.#relisting);
    this.#relisting = 0;
    this.#relistedAt = performance.now();
    const { ids, first, length } = pager.pages;
    this.#list.listed = new ListPart(ids, first, length);
    this.#list.refresh(null);
    this.#words.show(pager);
  }
}

/** @param {string} search @returns {Promise<TaskPage>} */
async function fetchPage(search) {
  const answer = await fetch(`/api/tasks${search}`, { signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return answer.json();
}

customElements.define("task-board", TaskBoardElement);
