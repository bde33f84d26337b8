// @ts-check
/** What time it is on the server: rows are stamped by Redis' clock, which may differ from the browser's. */

/** @import {Row} from "./types.js" */

const KEPT = 32;

export class ServerClock {
  /** @type {number[]} how far we seemed ahead, in seconds, at each of the last pieces of news */
  #ahead = [];

  /** @param {() => number} [browserNow] seconds since 1970 */
  constructor(browserNow = () => Date.now() / 1000) {
    this.browserNow = browserNow;
  }

  /** A row that has just been pushed: its newest time was "now" a moment ago. @param {Row} row */
  heard(row) {
    const newest = Math.max(...[row.sent_at, row.received_at, row.started_at, row.progress_at, row.ended_at].map((at) => at ?? 0));
    if (newest) this.told(newest);
  }

  /** It was so late there a moment ago. @param {number} at seconds since 1970 */
  told(at) {
    this.#ahead.push(this.browserNow() - at);
    if (this.#ahead.length > KEPT) this.#ahead.shift();
  }

  /** The piece of news that took the shortest way tells best. */
  now() {
    return this.browserNow() - (this.#ahead.length ? Math.min(...this.#ahead) : 0);
  }
}
