// @ts-check
/** Asks the server for what was logged: the newest lines, those from a moment on, and on from either end. */

/** @import {LogFilter} from "./log-filter.js" */
/** @import {LogLine} from "./log-room.js" */
import { written } from "./log-filter.js";

const PAGE = 500;
const UNREACHED = "The server can't be reached. What is here stays; new lines come when it is back.";

/** @typedef {{lines: number, bytes: number, since: number | null, limits: {lines: number}}} Kept */
/** @typedef {{rows: LogLine[], next: string, kept: Kept}} LogPage */

export class LogHistory {
  /** @type {LogFilter} */ filter = {};
  /** From where on there are older and newer lines; "" where there are none. */
  older = "";
  newer = "";
  asking = false;
  /** What went wrong, in words. */
  fault = "";

  #asked = 0;
  /** @type {(address: string) => Promise<Response>} */ #get;

  /** @param {(address: string) => Promise<Response>} get */
  constructor(get) {
    this.#get = get;
  }

  /** Other lines: the newest, or those from a moment on. @param {LogFilter} filter @param {string} from microseconds since 1970, or "" */
  async begin(filter, from) {
    this.filter = filter;
    const page = await this.#ask(from ? { after: from } : {});
    if (page) [this.older, this.newer] = from ? [page.rows[0]?.id ?? from, page.next] : [page.next, ""];
    return page;
  }

  /** What is here came otherwise. @param {LogFilter} filter @param {string} older */
  keeps(filter, older) {
    [this.filter, this.older, this.newer] = [filter, older, ""];
  }

  /** What came after a line. @param {string} id */
  async since(id) {
    const page = await this.#ask({ after: id });
    if (page) this.newer = page.next;
    return page;
  }

  async back() {
    const page = await this.#ask({ before: this.older });
    if (page) this.older = page.next;
    return page;
  }

  /** The newest question's answer counts; null: there is none. @param {{[name: string]: string}} place @returns {Promise<LogPage | null>} */
  async #ask(place) {
    const number = (this.#asked += 1);
    this.asking = true;
    const answer = await this.#answer(`/api/logs${written(this.filter, { ...place, most: PAGE })}`);
    if (number !== this.#asked) return null;
    this.asking = false;
    this.fault = answer.error?.message ?? "";
    return answer.error ? null : answer;
  }

  /** @param {string} address @returns {Promise<any>} */
  async #answer(address) {
    try {
      return await (await this.#get(address)).json();
    } catch {
      return { error: { message: UNREACHED } };
    }
  }
}
