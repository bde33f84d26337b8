// @ts-check
/** What happened to a task and what it logged, on one time line; a slider goes back to how it was then. */

/** @import {Row} from "../types.js" */
/** @import {Moment} from "../story-moments.js" */
import { timeOfDay } from "../format.js";
import { LogRoom } from "../log-room.js";
import { asItWas } from "../replay.js";
import { KINDS } from "../story-lines.js";
import { StoryPlayer } from "../story-player.js";
import { TextPart, part, showIf } from "./part.js";
import { StoryViewElement } from "./story-view.js";

/** @typedef {{row: Row, at: number, isUnsure: boolean}} Then a task as it was, and when; isUnsure: steps of that time are not kept */

export class TaskStoryElement extends HTMLElement {
  /** @type {Row | null} */ #row = null;
  /** @type {{room: LogRoom, leave: () => void} | null} */ #followed = null;
  /** @type {string | undefined} the moment that the page shows */ #told = undefined;
  #slider = part(this, "input[type=range]", HTMLInputElement);
  #play = part(this, ".story-play", HTMLButtonElement);
  #now = part(this, ".story-now", HTMLButtonElement);
  #says = new TextPart(this, ".story-says");
  #player = new StoryPlayer(() => this.#step(), matchMedia("(prefers-reduced-motion: reduce)"));

  connectedCallback() {
    this.#slider.addEventListener("input", () => this.#moved());
    this.#play.addEventListener("click", () => this.#toggle());
    this.#now.addEventListener("click", () => this.#return());
    this.#view.addEventListener("story-told", () => this.#stand());
    part(this, ".story-kinds", HTMLElement).addEventListener("change", (event) => this.#choose(event.target));
  }

  disconnectedCallback() {
    this.#player.stop();
    this.#followed?.leave();
    this.#followed = null;
  }

  /** In a copy of a template it is upgraded after this one. */
  get #view() {
    return part(this, "story-view", StoryViewElement);
  }

  get #story() {
    return this.#view.story;
  }

  /** @param {Row} row as it is now */
  set row(row) {
    this.#row = row;
    if (!this.#followed) this.#follow(row.task_id);
    if (this.#story.take(row)) this.#view.change(() => {});
  }

  /** @param {string} taskId */
  #follow(taskId) {
    part(this, ".story-all", HTMLAnchorElement).href = `/logs?task=${encodeURIComponent(taskId)}`;
    this.#followed = { room: new LogRoom(`logs:task:${taskId}`), leave: () => {} };
    this.#view.show(this.#followed.room, taskId);
    this.dispatchEvent(new CustomEvent("room-wanted", { bubbles: true, detail: this.#followed }));
  }

  /** @param {EventTarget | null} box */
  #choose(box) {
    if (!(box instanceof HTMLInputElement)) return;
    if (box.checked) this.#story.hidden.delete(box.value);
    else this.#story.hidden.add(box.value);
    this.#view.change(() => this.#story.arrange());
  }

  #moved() {
    this.#player.stop();
    this.#go(Number(this.#slider.value));
  }

  /** @param {number} moments so many have happened; all of them: now */
  #go(moments) {
    const isNow = moments >= this.#story.moments.length;
    if (isNow) this.#player.stop();
    this.#view.go(isNow ? null : moments);
    this.#stand();
  }

  #return() {
    this.#player.stop();
    this.#go(Infinity);
    this.#slider.focus();
  }

  #toggle() {
    if (this.#player.isPlaying) this.#player.stop();
    else {
      if (this.#story.upTo === null) this.#go(1);
      this.#player.play(this.#story.moments.length);
    }
    this.#stand();
  }

  #step() {
    this.#go((this.#story.upTo ?? Infinity) + this.#player.stride);
  }

  /** The slider as the story is, and the page as the slider is. */
  #stand() {
    const { moments, upTo } = this.#story;
    showIf(part(this, ".story-replay", HTMLElement), moments.length > 1);
    const here = upTo === null ? null : moments[upTo - 1];
    this.#slider.max = String(moments.length);
    this.#slider.value = String(upTo ?? moments.length);
    const words = here ? `${timeOfDay(here.at)} ${here.words}` : "Now";
    this.#slider.setAttribute("aria-valuetext", words);
    this.#says.set(here ? `${words} (${upTo?.toLocaleString("en")} of ${moments.length.toLocaleString("en")})` : "");
    showIf(this.#now, here !== null);
    this.#play.textContent = this.#player.isPlaying ? "Pause" : "Play";
    this.#boxes();
    this.#tell(here ?? null);
  }

  /** Of a kind that there is not, nothing is to be chosen. */
  #boxes() {
    const { kinds } = this.#story;
    for (const kind of KINDS) showIf(part(this, `.story-kinds label:has([value="${kind}"])`, HTMLElement), kinds.has(kind));
  }

  /** @param {Row} row @param {Moment} here @returns {Then} */
  #thenAt(row, here) {
    return { row: asItWas(row, this.#story.steps.slice(0, here.steps)), at: here.at, isUnsure: this.#story.isUnsure(here) };
  }

  /** @param {Moment | null} here */
  #tell(here) {
    if (here?.id === this.#told) return;
    this.#told = here?.id;
    this.dataset.then = here ? "yes" : "no";
    const then = here && this.#row ? this.#thenAt(this.#row, here) : null;
    this.dispatchEvent(new CustomEvent("story-moved", { bubbles: true, detail: then }));
  }
}

customElements.define("task-story", TaskStoryElement);
