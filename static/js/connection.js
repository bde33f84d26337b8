// @ts-check
/** The edge to the server: the only file that knows Socket.IO. */

/** @import {Answer, Refusal, Request} from "./types.js" */
/** @import {Share} from "./lines/share.js" */
/** @import {Standing} from "./lines/messages.js" */
import { Subscription } from "./subscription.js";

const ANSWER_WITHIN_MS = 8000;
const LEAVE_AFTER_MS = 3000;

const OPTIONS = {
  reconnectionDelay: 250,
  reconnectionDelayMax: 2000,
  randomizationFactor: 0.5,
  reconnectionAttempts: Infinity,
  timeout: 5000,
};

/**
 * @typedef {object} Socket what we use of Socket.IO's client
 * @property {boolean} connected
 * @property {(event: string, listener: (data: any) => void) => unknown} on
 * @property {(ms: number) => {emitWithAck: (event: string, data: unknown) => Promise<any>}} timeout
 * @property {(event: string, data: unknown) => unknown} emit
 * @property {() => unknown} connect
 * @property {{opts: {transports: unknown[]}}} io
 */

export class Connection extends EventTarget {
  /** @type {Map<string, Subscription>} */ #subscriptions = new Map();
  #upstreamLive = false;
  /** @type {Socket} */ #socket;

  /** @param {(options: object) => Socket} io @param {string} browser its name: the server knows by it that a tab is open */
  constructor(io, browser = "") {
    super();
    // WebSocket first: one request instead of four. After a failure the other one leads: a proxy may swallow WebSockets.
    const transports = "WebSocket" in globalThis ? ["websocket", "polling"] : ["polling"];
    this.#socket = io({ ...OPTIONS, transports, auth: { browser } });
    this.#socket.on("connect_error", () => this.#socket.io.opts.transports.reverse());
    this.#socket.on("connect", () => this.#connected());
    this.#socket.on("disconnect", (reason) => this.#disconnected(reason));
    this.#socket.on("upstream", (upstream) => this.#upstream(upstream));
    this.#socket.on("frame", (frame) => this.#subscriptions.get(frame.room)?.frame(frame));
  }

  get connected() {
    return this.#socket.connected && this.#upstreamLive;
  }

  /** Keep the share's room as the server has it, from now on. @param {Share} share */
  follow({ room }) {
    const subscription = new Subscription(room, {
      ask: (request) => this.#ask(request),
      later: (run, ms) => void setTimeout(run, ms),
      changed: () => this.#changed(),
    });
    this.#subscriptions.set(room.name, subscription);
    if (this.#socket.connected) subscription.connected();
  }

  /** @param {string} room @returns {Standing} */
  standing(room) {
    const { caughtUp = false, refusal = null } = this.#subscriptions.get(room) ?? {};
    return { settled: caughtUp || refusal !== null, refusal };
  }

  /** Nobody watches it any more. @param {string} room */
  unfollow(room) {
    this.#subscriptions.get(room)?.disconnected();
    this.#subscriptions.delete(room);
    if (this.#socket.connected) this.#socket.emit("unsubscribe", { room });
  }

  /** @param {() => void} run */
  later(run) {
    setTimeout(run, LEAVE_AFTER_MS);
  }

  /** @param {Request} request @returns {Promise<Answer | {error: Refusal}>} */
  #ask(request) {
    return this.#socket.timeout(ANSWER_WITHIN_MS).emitWithAck("subscribe", request);
  }

  #connected() {
    for (const subscription of this.#subscriptions.values()) subscription.connected();
    this.#changed();
  }

  /** @param {string} reason */
  #disconnected(reason) {
    this.#upstreamLive = false;
    for (const subscription of this.#subscriptions.values()) subscription.disconnected();
    this.#changed();
    // Socket.IO comes back by itself from everything but a server's goodbye.
    if (reason === "io server disconnect") setTimeout(() => this.#socket.connect(), 250 + Math.random() * 250);
  }

  /** @param {{live: boolean}} upstream */
  #upstream({ live }) {
    this.#upstreamLive = live;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
