// @ts-check
/** Keeps one room subscribed: one request at a time, again after a gap, again after a passing error. */

/** @import {Answer, Frame, Refusal, Request} from "./types.js" */
/** @import {Room} from "./task-store.js" */

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/**
 * @typedef {object} Line what a subscription needs of the transport
 * @property {(request: Request) => Promise<Answer | {error: Refusal}>} ask rejects when no answer comes
 * @property {(run: () => void, ms: number) => void} later
 * @property {() => void} changed called when `caughtUp` or `refusal` may have changed
 */

export class Subscription {
  caughtUp = false;
  /** @type {Refusal | null} */ refusal = null;

  #connection = 0;
  #connected = false;
  #asking = false;
  #pauses = 0;

  /** @param {Room} room @param {Line} line */
  constructor(room, line) {
    this.room = room;
    this.line = line;
  }

  /** The transport is (again) connected. */
  connected() {
    this.#connection += 1;
    this.#connected = true;
    this.#pauses = 0;
    this.#subscribe();
  }

  disconnected() {
    this.#connected = false;
    this.#stand(false, this.refusal);
  }

  /** While a subscribe is under way the room holds its frames: a gap can't start a second one. @param {Frame} frame */
  frame(frame) {
    if (!this.#connected) return;
    // A room that was refused is told of again: there is something in it now.
    const revived = this.refusal !== null && !this.#asking;
    if (revived || !this.room.frame(frame)) this.#pause();
    else if (this.caughtUp) this.#pauses = 0;
  }

  /** A first gap is healed at once; a line that keeps failing is asked less and less often. */
  #pause() {
    this.room.hold();
    this.#stand(false, null);
    const connection = this.#connection;
    this.line.later(() => {
      if (connection === this.#connection && this.#connected) this.#subscribe();
    }, this.#pauseMs());
  }

  #pauseMs() {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#pauses);
    const ms = this.#pauses === 0 ? 0 : longest * (0.5 + Math.random() / 2);
    this.#pauses += 1;
    return ms;
  }

  async #subscribe() {
    const connection = this.#connection;
    this.room.hold();
    this.#asking = true;
    const answer = await this.#ask();
    if (connection !== this.#connection || !this.#connected) return;
    this.#asking = false;
    if ("error" in answer) this.#refused(answer.error);
    else this.#answered(answer);
  }

  /** @returns {Promise<Answer | {error: Refusal}>} */
  async #ask() {
    try {
      return await this.line.ask(this.room.request());
    } catch {
      return { error: { code: "unavailable", message: "The server did not answer in time." } };
    }
  }

  /** @param {Refusal} refusal */
  #refused(refusal) {
    if (refusal.code === "unavailable") return this.#pause();
    if (refusal.code === "unknown_task" && this.room.epoch !== null) this.room.forget();
    this.#stand(false, refusal);
  }

  /** @param {Answer} answer */
  #answered(answer) {
    const whole = this.room.answer(answer);
    if (!whole) return this.#pause();
    this.#stand(true, null);
  }

  /** @param {boolean} caughtUp @param {Refusal | null} refusal */
  #stand(caughtUp, refusal) {
    this.caughtUp = caughtUp;
    this.refusal = refusal;
    this.line.changed();
  }
}
