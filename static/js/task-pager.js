// @ts-check
/** Asks the server for what of the list is looked at and not here: one page at a time, and again after a failure. */

/** @import {Change, TaskPage} from "./types.js" */
/** @import {Room} from "./task-store.js" */
/** @import {Question} from "./task-query.js" */
/** @import {PageRequest} from "./task-requests.js" */
import { countGroups } from "./states.js";
import { TaskPages } from "./task-pages.js";
import { forServer, isTabAlone } from "./task-query.js";
import { MARGIN, PAGE, contentOf, requestFor, wishFor } from "./task-requests.js";

const FIRST_PAUSE_MS = 200;
const ASK_ANEW_EVERY_MS = 1000;
const LONGEST_PAUSE_MS = 5000;

/**
 * @typedef {object} Line
 * @property {(search: string) => Promise<TaskPage>} ask rejects where the server does not answer, or refuses
 * @property {(run: () => void, ms: number) => unknown} later
 * @property {(moved: boolean, asked?: boolean) => void} changed moved: rows have come or gone; asked: as was asked for
 */

export class TaskPager {
  pages = new TaskPages();
  /** Why there is no answer, if there is none. */
  trouble = "";

  /** @type {Map<string, Change> | null} what is told while a page is on its way */ #told = null;
  #top = 0;
  #bottom = MARGIN;
  #failures = 0;
  #resting = false;
  #mayAskAnew = true;

  /** @param {Room} room @param {Line} line */
  constructor(room, line) {
    this.room = room;
    this.line = line;
    room.watch((ids, _, changes) => (ids === null ? this.#begin(this.pages.question) : this.#hear(changes)));
  }

  /** @param {Question} question */
  put(question) {
    [this.#top, this.#bottom] = [0, MARGIN];
    this.#begin(question);
  }

  /** Which places of the list are looked at. @param {number} top @param {number} bottom */
  look(top, bottom) {
    [this.#top, this.#bottom] = [top, bottom];
    this.pages.trim(top, bottom);
    this.#go();
  }

  /** What the room has answers many questions at once; what it has not is asked for then. @param {Question} question */
  #begin(question) {
    [this.#told, this.#resting, this.#failures, this.trouble] = [null, false, 0, ""];
    this.pages.reset(question);
    const content = contentOf(this.room, question);
    if (content) this.pages.fill(content, this.room.offset ?? "");
    this.#count();
    this.line.changed(true, true);
    this.#go();
  }

  /** @param {Change[]} changes */
  #hear(changes) {
    for (const change of changes) this.#note(change);
    const moved = changes.filter((change) => this.#apply(change)).length > 0;
    this.#count();
    this.line.changed(moved);
    this.#go();
  }

  /** @param {Change} change */
  #note(change) {
    const had = this.#told?.get(change.task_id);
    this.#told?.set(change.task_id, had && !had.gone && !change.gone ? { ...had, ...change } : change);
  }

  /** @param {Change} change */
  #apply(change) {
    return this.pages.hear(change, this.room.rows.get(change.task_id));
  }

  /** The counters are pushed, and exact. */
  #count() {
    const { pages, room } = this;
    if (!room.counts || !pages.isFilled || !isTabAlone(pages.question)) return;
    pages.total = countGroups(room.counts).get(pages.question.state || "all") ?? 0;
    if (pages.end === null && pages.start !== null) pages.first = Math.max(0, pages.total - pages.ids.length);
  }

  async #go() {
    const wish = wishFor(this.pages, this.#top, this.#bottom, this.#mayAskAnew);
    if (!wish || this.#told || this.#resting || this.room.epoch === null) return;
    const told = (this.#told = new Map());
    if (wish === "anew") this.#askAnewLater();
    const request = requestFor(wish, this.pages, this.#top);
    const page = await this.#ask(request.page);
    if (this.#told !== told) return; // by now it is another question
    this.#told = null;
    if (!page) return this.#rest();
    // The stretch may have lost the end to which this page was to be joined.
    if (request.page.after === requestFor(wish, this.pages, this.#top).page.after) request.take(page);
    for (const change of told.values()) this.#apply(change);
    this.#count();
    this.line.changed(true, true);
    void this.#go();
  }

  #askAnewLater() {
    this.#mayAskAnew = false;
    this.line.later(() => {
      this.#mayAskAnew = true;
      void this.#go();
    }, ASK_ANEW_EVERY_MS);
  }

  /** @param {PageRequest} page @returns {Promise<TaskPage | null>} */
  async #ask(page) {
    try {
      const answer = await this.line.ask(forServer(this.pages.question, { ...page, most: PAGE }));
      [this.trouble, this.#failures] = ["", 0];
      return answer.epoch === this.room.epoch ? answer : null; // of another log: the room will be told of it
    } catch (error) {
      this.#failures += 1;
      this.trouble = error instanceof Error ? error.message : String(error);
      return null;
    }
  }

  #rest() {
    this.#resting = true;
    this.line.changed(false);
    const generation = this.pages.question;
    this.line.later(() => {
      if (this.pages.question !== generation) return;
      this.#resting = false;
      void this.#go();
    }, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures));
  }
}
