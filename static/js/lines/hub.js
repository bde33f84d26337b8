// @ts-check
/** The shared end of all tabs: keeps each room once, and answers tabs as the server would (docs/protocol.md). */

/** @import {Frame, Request} from "../types.js" */
/** @import {FromTab, ToTab, Upstream} from "./messages.js" */
import { Share } from "./share.js";

const MOST_UNREAD = 100;

/** @typedef {{send: (message: ToTab) => void, rooms: Set<string>, asides: Set<string>, sent: number, read: number, behind: boolean}} Tab */

export class Hub {
  /** @type {Map<string, Tab>} */ #tabs = new Map();
  /** @type {Map<string, Share>} */ #shares = new Map();
  /** @type {Upstream} */ #upstream;

  /** @param {Upstream} upstream */
  constructor(upstream) {
    this.#upstream = upstream;
    upstream.addEventListener("change", () => this.#stand());
  }

  get tabs() {
    return this.#tabs.size;
  }

  /** A tab has come, or come back. @param {string} id @param {(message: ToTab) => void} send */
  came(id, send) {
    this.gone(id);
    this.#tabs.set(id, { send, rooms: new Set(), asides: new Set(), sent: 0, read: 0, behind: false });
    this.#stand();
  }

  /** @param {string} id */
  gone(id) {
    const tab = this.#tabs.get(id);
    if (!tab || !this.#tabs.delete(id)) return;
    for (const room of tab.rooms) this.#leave(room, id);
    this.#stand();
  }

  /** @param {string} id @param {FromTab} message */
  hear(id, message) {
    const tab = this.#tabs.get(id);
    if (!tab) return;
    if (message.kind === "subscribe") this.#subscribe(id, tab, message);
    if (message.kind === "unsubscribe") this.#unsubscribe(id, tab, message.room);
    if (message.kind === "read") this.#read(tab, message.number);
  }

  /** Where an error of this end can be seen: the console of one page. @param {string} text */
  fault(text) {
    this.#tabs.values().next().value?.send({ kind: "fault", text });
  }

  /** @param {string} id @param {Tab} tab @param {{number: number, request: Request, aside: boolean}} asked */
  #subscribe(id, tab, { number, request, aside }) {
    tab.rooms.add(request.room);
    if (aside) tab.asides.add(request.room);
    this.#share(request.room).ask(id, request, (answer) => {
      if (this.#tabs.get(id) === tab) this.#send(tab, { kind: "answer", number, answer });
      this.#stand();
    });
  }

  /** @param {string} id @param {Tab} tab @param {string} room */
  #unsubscribe(id, tab, room) {
    tab.rooms.delete(room);
    tab.asides.delete(room);
    this.#leave(room, id);
    this.#stand();
  }

  /** @param {string} name */
  #share(name) {
    const known = this.#shares.get(name);
    if (known) return known;
    const share = new Share(name, (frame) => this.#frame(frame));
    this.#shares.set(name, share);
    this.#upstream.follow(share);
    return share;
  }

  /** @param {string} name @param {string} id */
  #leave(name, id) {
    const share = this.#shares.get(name);
    share?.forgetTab(id);
    if ([...this.#tabs.values()].some((tab) => tab.rooms.has(name))) return;
    // A page that is reloaded asks for the same room in a moment.
    this.#upstream.later(() => {
      if (this.#shares.get(name) !== share || [...this.#tabs.values()].some((tab) => tab.rooms.has(name))) return;
      this.#shares.delete(name);
      this.#upstream.unfollow(name);
    });
  }

  /** A tab that reads nothing (frozen, say) is not sent to without bound: it catches up when it has read. @param {Frame} frame */
  #frame(frame) {
    for (const tab of this.#tabs.values()) {
      if (!tab.rooms.has(frame.room)) continue;
      tab.behind ||= tab.sent - tab.read >= MOST_UNREAD;
      if (!tab.behind) this.#send(tab, { kind: "frame", frame });
    }
  }

  /** @param {Tab} tab @param {number} number */
  #read(tab, number) {
    tab.read = number;
    if (!tab.behind || tab.read < tab.sent) return;
    tab.behind = false;
    for (const room of tab.rooms) this.#send(tab, { kind: "frame", frame: Share.gap(room) });
  }

  /** @param {Tab} tab @param {ToTab} message */
  #send(tab, message) {
    tab.sent += 1;
    tab.send(message);
  }

  /** Tell each tab how its rooms stand, after all that it has been sent. */
  #stand() {
    for (const share of this.#shares.values()) share.settle(this.#upstream.standing(share.name));
    for (const tab of this.#tabs.values()) {
      const live = this.#upstream.connected && [...tab.rooms].every((room) => tab.asides.has(room) || this.#upstream.standing(room).settled);
      tab.send({ kind: "standing", live, tabs: this.#tabs.size });
    }
  }
}
