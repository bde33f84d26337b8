// @ts-check
/** A tab's end of the line: its rooms, kept as the shared end has them. */

/** @import {Answer, Refusal, Request} from "../types.js" */
/** @import {Room} from "../task-store.js" */
/** @import {ToTab, Wire} from "./messages.js" */
import { Subscription } from "../subscription.js";

const ANSWER_WITHIN_MS = 10_000;

export class TabLine extends EventTarget {
  tabs = 1;
  #live = false;
  #open = false;
  #read = 0;
  #asked = 0;
  /** @type {Set<Subscription>} two may be of the same room: what a page shows, and what is watched aside */ #subscriptions = new Set();
  /** @type {Set<Subscription>} */ #asides = new Set();
  /** @type {Map<number, (answer: Answer | {error: Refusal}) => void>} */ #questions = new Map();
  /** @type {Wire} */ #wire;
  /** @type {(run: () => void, ms: number) => unknown} */ #later;

  /** @param {Wire} wire @param {(run: () => void, ms: number) => unknown} later */
  constructor(wire, later = (run, ms) => setTimeout(run, ms)) {
    super();
    [this.#wire, this.#later] = [wire, later];
    wire.open((message) => this.#hear(message), () => this.#fresh());
  }

  /** Keep `room` as the server has it, from now on. @param {Room} room @param {boolean} aside the page shows nothing of it */
  follow(room, aside = false) {
    const subscription = new Subscription(room, {
      ask: (request) => this.#ask(request, aside),
      later: (run, ms) => void this.#later(run, ms),
      changed: () => this.#changed(),
    });
    this.#subscriptions.add(subscription);
    if (aside) this.#asides.add(subscription);
    if (this.#open) subscription.connected();
  }

  /** The page shows nothing of it any more. @param {Room} room */
  leave(room) {
    for (const subscription of this.#subscriptions) {
      if (subscription.room === room && this.#subscriptions.delete(subscription)) subscription.disconnected();
    }
    if (!this.#of(room.name).length) this.#wire.send({ kind: "unsubscribe", room: room.name });
  }

  /** @param {string} room */
  #of(room) {
    return [...this.#subscriptions].filter((one) => one.room.name === room);
  }

  /** Everything that is shown is what the server has now, but for rooms that are refused for good. */
  get live() {
    return this.#live && this.#shown().every((one) => one.caughtUp || one.refusal);
  }

  /** Why a room is refused for good, if one is. @returns {Refusal | null} */
  get refusal() {
    return this.#shown().find((one) => one.refusal)?.refusal ?? null;
  }

  #shown() {
    return [...this.#subscriptions].filter((one) => !this.#asides.has(one));
  }

  /** Another end is there: it knows nothing of this tab. */
  #fresh() {
    this.#live = false;
    this.#open = true;
    this.#read = 0;
    this.#questions.clear();
    for (const subscription of this.#subscriptions) {
      subscription.disconnected();
      subscription.connected();
    }
  }

  /** @param {Request} request @param {boolean} aside @returns {Promise<Answer | {error: Refusal}>} */
  #ask(request, aside) {
    const number = (this.#asked += 1);
    return new Promise((resolve, reject) => {
      this.#questions.set(number, resolve);
      this.#later(() => this.#questions.delete(number) && reject(new Error("no answer")), ANSWER_WITHIN_MS);
      this.#wire.send({ kind: "subscribe", number, request, aside });
    });
  }

  /** @param {ToTab} message */
  #hear(message) {
    if (message.kind === "standing") return this.#standing(message.live, message.tabs);
    if (message.kind === "fault") return reportError(new Error(`The shared connection: ${message.text}`));
    this.#wire.send({ kind: "read", number: (this.#read += 1) });
    if (message.kind === "frame") return this.#of(message.frame.room).forEach((one) => one.frame(message.frame));
    this.#questions.get(message.number)?.(message.answer);
    this.#questions.delete(message.number);
  }

  /** @param {boolean} live @param {number} tabs */
  #standing(live, tabs) {
    [this.#live, this.tabs] = [live, tabs];
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
