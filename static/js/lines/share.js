// @ts-check
/** One room at the shared end: what is known of it, for every tab that asks. */

/** @import {Answer, Change, Frame, Refusal, Request} from "../types.js" */
/** @import {Room} from "../task-store.js" */
/** @import {Standing} from "./messages.js" */
import { roomOf } from "../rooms.js";
import { ServerClock } from "../server-clock.js";

/** @typedef {Answer | {error: Refusal}} Reply */

export class Share {
  /** @type {Map<string, (reply: Reply) => void>} a tab's newest question, while nothing is known yet */ #waiting = new Map();
  /** @type {Refusal | null} */ #refusal = null;
  #clock = new ServerClock();
  /** @type {(frame: Frame) => void} */ #tell;

  /** @param {string} name @param {(frame: Frame) => void} tell what every watcher is sent */
  constructor(name, tell) {
    this.name = name;
    this.#tell = tell;
    this.room = this.#tapped(roomOf(name));
    this.room.told = (now) => this.#clock.told(now);
  }

  /** A frame that nobody can apply: each tab asks again. @param {string} room @returns {Frame} */
  static gap(room) {
    return { room, epoch: "gap", prev: "", offset: "", rows: [] };
  }

  /** What is known is told at once, also while nothing is live: the tab hears that too. @param {string} tab @param {Request} request @param {(reply: Reply) => void} answer */
  ask(tab, request, answer) {
    if (this.#refusal) answer({ error: this.#refusal });
    else if (this.room.offset === null) this.#waiting.set(tab, answer);
    else answer(this.#known(request));
  }

  /** @param {string} tab */
  forgetTab(tab) {
    this.#waiting.delete(tab);
  }

  /** @param {Standing} standing */
  settle({ refusal }) {
    const changed = refusal?.code !== this.#refusal?.code;
    this.#refusal = refusal;
    if (refusal && changed) this.#tell(Share.gap(this.name));
    if (refusal) this.#answerAll({ error: refusal });
  }

  /** Whatever this room takes in, the tabs are told of in the same order. @param {Room} room */
  #tapped(room) {
    const [answer, frame, hold] = [room.answer.bind(room), room.frame.bind(room), room.hold.bind(room)];
    let held = false;
    room.hold = () => {
      held = true;
      hold();
    };
    room.frame = (told) => {
      const taken = frame(told);
      if (taken && !held) this.#tell(told);
      return taken;
    };
    room.answer = (told) => {
      held = false;
      const [before, epoch] = [room.offset, room.epoch];
      const whole = answer(told);
      this.#refusal = null;
      if (before === null) this.#answerAll(this.#known({ room: this.name }));
      else if (before !== room.offset || epoch !== room.epoch || !told.recovered) this.#tell(Share.gap(this.name));
      return whole;
    };
    return room;
  }

  /** @param {Request} request @returns {Answer} */
  #known({ epoch, offset }) {
    const room = this.room;
    const place = { room: this.name, epoch: room.epoch ?? "", offset: room.offset ?? "", now: this.#clock.now() };
    const counts = room.counts ? { counts: room.counts } : {};
    if (epoch === room.epoch && offset === room.offset) return { ...place, ...counts, recovered: true, rows: [] };
    return { ...place, ...counts, recovered: false, rows: /** @type {Change[]} */ ([...room.rows.values()]) };
  }

  /** @param {Reply} reply */
  #answerAll(reply) {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const answer of waiting) answer(reply);
  }
}
