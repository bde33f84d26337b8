// @ts-check
/** Which lines a view of logs has, and how they come together: as they are logged, and from what is kept. */

/** @import {LogFilter} from "./log-filter.js" */
/** @import {Kept, LogHistory, LogPage} from "./log-history.js" */
/** @import {LogLine} from "./log-room.js" */
import { takes } from "./log-filter.js";
import { LogLines } from "./log-lines.js";

/**
 * @typedef {object} News what happened to the lines
 * @property {"begun" | "newer" | "older" | "fault"} kind
 * @property {number} [count] lines that came
 * @property {boolean} [toEnd] begun: these are the newest
 * @property {Kept} [kept]
 */

export class LogFeed {
  /** Whether the reader wants the newest line, rather than the place. */
  following = true;

  /** @type {LogHistory} */ #history;
  /** @type {(news: News) => void} */ #tell;
  /** @type {Promise<unknown>} */ #turn = Promise.resolve();

  /** @param {LogHistory} history @param {(news: News) => void} tell @param {LogLines} [lines] where they go */
  constructor(history, tell, lines = new LogLines()) {
    [this.#history, this.#tell] = [history, tell];
    this.lines = lines;
  }

  get fault() {
    return this.#history.fault;
  }

  get filter() {
    return this.#history.filter;
  }

  /** Whether there are older lines, and newer ones, than are here. */
  get hasOlder() {
    return this.#history.older !== "";
  }

  get hasNewer() {
    return this.#history.newer !== "";
  }

  /** Other lines: the newest, or those from a moment on. @param {LogFilter} filter @param {string} [from] microseconds since 1970 */
  begin(filter, from = "") {
    return this.#then(() => this.#begin(filter, from));
  }

  /** We were away: what came meanwhile is asked for. */
  again() {
    return this.#then(() => this.#again());
  }

  /** @param {LogLine[]} lines as they are logged, of whatever filter */
  came(lines) {
    return this.#then(() => this.hasNewer || this.take(lines.filter((line) => takes(this.filter, line))));
  }

  /** All that a room keeps, which may be its newest lines only. @param {LogFilter} filter @param {LogLine[]} lines @param {boolean} isAll */
  keeps(filter, lines, isAll) {
    return this.#then(() => {
      if (this.hasNewer) return;
      const follows = this.lines.last && (isAll || lines[0].id <= this.lines.last);
      if (!follows) {
        this.lines.clear();
        this.#history.keeps(filter, isAll ? "" : lines[0].id);
      }
      this.take(lines);
    });
  }

  /** Older lines than are here. */
  back() {
    return this.#then(async () => this.hasOlder && this.#put(await this.#history.back()));
  }

  /** Newer lines than are here, where these are not the newest. */
  on() {
    return this.#then(async () => this.hasNewer && this.#took(await this.#history.since(this.lines.last || this.#history.newer)));
  }

  /** @param {LogLine[]} lines newer ones */
  take(lines) {
    if (this.lines.append(lines)) this.#history.older = this.lines.first;
    this.#tell({ kind: "newer", count: lines.length });
  }

  /** One after the other: a line that comes while older ones are asked for is put after these. @param {() => unknown} run */
  #then(run) {
    this.#turn = this.#turn.then(run);
    return this.#turn;
  }

  /** @param {LogFilter} filter @param {string} from */
  async #begin(filter, from) {
    const page = await this.#history.begin(filter, from);
    if (!page) return this.#tell({ kind: "fault" });
    this.lines.clear();
    this.lines.append(page.rows);
    this.#tell({ kind: "begun", toEnd: !from, kept: page.kept });
  }

  async #again() {
    if (this.hasNewer) return;
    if (!this.lines.last) return this.#begin(this.filter, "");
    const page = await this.#history.since(this.lines.last);
    if (page?.next && this.following) await this.#begin(this.filter, "");
    else this.#took(page);
  }

  /** @param {LogPage | null} page */
  #took(page) {
    if (page) this.take(page.rows);
    else this.#tell({ kind: "fault" });
  }

  /** @param {LogPage | null} page */
  #put(page) {
    if (!page) return this.#tell({ kind: "fault" });
    const { last } = this.lines;
    this.lines.prepend(page.rows);
    if (this.lines.last !== last && last) this.#history.newer = this.lines.last;
    this.#tell({ kind: "older", count: page.rows.length });
  }
}
