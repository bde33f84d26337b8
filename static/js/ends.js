// @ts-check
/** The ends that this browser wants to be told of: what tells them is fetched where something is wished, or may be. */

/** @import {Bell} from "./bell.js" */
/** @import {TellingRequestElement} from "./elements/telling-request.js" */
/** @import {TabLine} from "./lines/tab.js" */
/** @import {Room} from "./task-store.js" */
/** @import {Wishes} from "./wishes.js" */

export class Ends {
  /** @type {Promise<Bell> | null} */ #bell = null;
  /** @type {TabLine} */ #line;
  /** @type {Wishes} */ #wishes;
  /** @type {Room} */ #shown;

  /** @param {TabLine} line @param {Wishes} wishes @param {Room} shown the room of this page */
  constructor(line, wishes, shown) {
    [this.#line, this.#wishes, this.#shown] = [line, wishes, shown];
  }

  /** From now on, also of what other tabs come to wish. */
  listen() {
    this.ask(document, this.#shown);
    this.#look();
    addEventListener("storage", () => this.#look());
  }

  /** All that is below lets somebody ask to be told of the task of the room. @param {ParentNode} root @param {Room} room */
  ask(root, room) {
    /** @type {NodeListOf<TellingRequestElement>} */
    const requests = root.querySelectorAll("telling-request");
    if (requests.length) void this.#made().then((bell) => requests.forEach((one) => one.isConnected && one.attach(room, this.#wishes, bell)));
  }

  #look() {
    if (this.#bell || this.#wishes.tasks().length) void this.#made().then((bell) => bell.look());
  }

  #made() {
    this.#bell ??= import("./bell-of-page.js").then(({ bellOfPage }) => bellOfPage(this.#line, this.#wishes, this.#shown));
    return this.#bell;
  }
}
