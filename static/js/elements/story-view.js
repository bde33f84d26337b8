// @ts-check
/** A task's story, windowed as log lines are: what happened to it and what it logged, in one order. */

/** @import {LogRoom} from "../log-room.js" */
import { KEPT_LINES } from "../log-room.js";
import { LOADS, StoryLines } from "../story-lines.js";
import { LogViewElement } from "./log-view.js";

export class StoryViewElement extends LogViewElement {
  /** Whether one has just gone there: from then on the reader may look around. */
  #moved = false;

  /** @override */
  newLines() {
    return new StoryLines();
  }

  /** @returns {StoryLines} */
  get story() {
    return /** @type {StoryLines} */ (this.lines);
  }

  /** @override */
  get wanted() {
    if (this.story.upTo === null) return super.wanted;
    const wanted = this.#moved ? this.story.wanted : null;
    this.#moved = false;
    return wanted;
  }

  /** @param {number | null} moments how many have happened; null: all, and those to come */
  go(moments) {
    this.story.upTo = moments;
    this.#moved = true;
    this.follow(moments === null);
  }

  /** The lines of a room of one task's: its newest, and as they come. @param {LogRoom} room @param {string} task */
  show(room, task) {
    this.story.hasOlder = () => this.feed.hasOlder;
    this.story.hasNewer = () => this.feed.hasNewer;
    room.watch((ids, _, changes) => {
      if (ids === null) void this.feed.keeps({ task }, room.lines, room.lines.length < KEPT_LINES).then(() => this.told());
      else void this.feed.came(/** @type {any} */ (changes)).then(() => this.told());
    });
  }

  /** @override @param {string} id */
  pressed(id) {
    const where = LOADS[id];
    if (!where) return super.pressed(id);
    void this.feed[where]().then(() => this.change(() => this.story.arrange()));
  }

  /** There is more of it, or less. */
  told() {
    this.dispatchEvent(new Event("story-told"));
  }

  /** @override @param {() => void} change */
  change(change) {
    super.change(change);
    this.told();
  }
}

customElements.define("story-view", StoryViewElement);
