// @ts-check
/** The rows of one room as the server's table has them: snapshot, replay, frames, gaps. Knows no DOM and no socket. */

/** @import {Change, Counts, Request, Answer, Frame} from "./types.js" */
import { merged } from "./row.js";
import { RowTable } from "./row-table.js";

const HELD_FRAMES = 2000;

/** @typedef {(ids: Set<string> | null, live: boolean, changes: Change[]) => void} Watcher */

export class Room {
  /** @type {string | null} */ epoch = null;
  /** @type {string | null} */ offset = null;
  rows = new RowTable();
  /** @type {Counts | null} */ counts = null;
  /** How often the log was replaced by another one while we watched. */
  restarts = 0;
  /** @type {(now: number) => void} told what time it was on the server */ told = () => {};

  /** An unknown row at or below it has gone already: the last answer would have held it. */
  #answered = "";
  /** @type {Frame[] | null} */ #held = null;
  /** @type {Set<Watcher>} */ #watchers = new Set();

  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }

  /**
   * Call `watcher` after each change with the ids that changed (null: everything), whether it is news, and what was
   * told, also of tasks that are not kept here.
   * @param {Watcher} watcher
   */
  watch(watcher) {
    this.#watchers.add(watcher);
  }

  /** What to subscribe with now. @returns {Request} */
  request() {
    if (this.epoch === null || this.offset === null) return { room: this.name };
    return { room: this.name, epoch: this.epoch, offset: this.offset };
  }

  /** The server does not know any longer what this room is about: nothing in it is true now. */
  forget() {
    this.rows = new RowTable();
    this.#tell(null, false);
  }

  /** Keep frames back until the answer is here: one may overtake it. */
  hold() {
    this.#held = [];
  }

  /**
   * @param {Answer} answer
   * @returns {boolean} false: a held frame shows that something was missed, subscribe again
   */
  answer(answer) {
    const held = this.#held ?? [];
    this.#held = null;
    const ids = answer.recovered && answer.epoch === this.epoch ? this.#replay(answer) : this.#replace(answer);
    this.#take(answer);
    this.#answered = answer.offset;
    if (this.counts) this.rows.bound();
    this.#tell(ids, false, answer.rows);
    return held.every((frame) => this.frame(frame));
  }

  /**
   * @param {Frame} frame
   * @returns {boolean} false: something was missed, subscribe again
   */
  frame(frame) {
    if (this.#held) return this.#keep(this.#held, frame);
    if (this.offset === null || frame.epoch !== this.epoch || frame.prev > this.offset) return false;
    const ids = new Set(frame.rows.filter((change) => this.#change(change)).map((change) => change.task_id));
    if (frame.offset >= this.offset) this.#take(frame);
    if (this.counts) this.rows.bound();
    this.#tell(ids, true, frame.rows);
    return true;
  }

  /**
   * Too many to hold: the oldest goes, and the gap it leaves is found when the rest is applied.
   * @param {Frame[]} held @param {Frame} frame
   */
  #keep(held, frame) {
    held.push(frame);
    if (held.length > HELD_FRAMES) held.shift();
    return true;
  }

  /** @param {Answer} answer @returns {null} */
  #replace(answer) {
    // An empty Redis has no log yet (epoch ""): its first task starts one, and nothing is lost.
    if (this.epoch && answer.epoch !== this.epoch) this.restarts += 1;
    this.rows = RowTable.of(answer.rows, answer.counts);
    return null;
  }

  /** Rows of a replay are whole: they take the place of ours. @param {Answer} answer */
  #replay(answer) {
    for (const row of answer.rows) {
      if (row.gone) this.rows.delete(row.task_id);
      else this.rows.keep(merged(row));
    }
    return new Set(answer.rows.map((row) => row.task_id));
  }

  /** @param {Change} change @returns {boolean} whether it was news */
  #change(change) {
    const row = this.rows.get(change.task_id);
    if (change.offset <= (row ? row.offset : this.#answered)) return false;
    if (change.gone) return this.rows.delete(change.task_id);
    // A task older than the snapshot's newest 1,000: what it reports is no row. A change of state tells all of the row.
    if (!row && !change.name && !change.state && !change.kind) return false;
    return this.rows.keep(merged(change, row));
  }

  /** @param {Answer | Frame} from */
  #take(from) {
    this.epoch = from.epoch;
    this.offset = from.offset;
    if (from.counts) this.counts = from.counts;
    if (from.now !== undefined) this.told(from.now);
  }

  /** @param {Set<string> | null} ids @param {boolean} live @param {Change[]} [changes] */
  #tell(ids, live, changes = []) {
    for (const watcher of this.#watchers) {
      try {
        watcher(ids, live, changes);
      } catch (error) {
        // A fault in what shows the rows must not stop the rows; it is reported as any uncaught error is.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
