// @ts-check
/** Log lines, windowed: the newest as they come, and back through what is kept. */

/** @import {News} from "../log-feed.js" */
/** @import {LogFilter} from "../log-filter.js" */
/** @import {LogRoom} from "../log-room.js" */
import { LogFeed } from "../log-feed.js";
import { LogHistory } from "../log-history.js";
import { LogLines } from "../log-lines.js";
import { LogRows } from "./log-rows.js";
import { TextPart, part, showIf } from "./part.js";

const ANSWER_WITHIN_MS = 8000;

export class LogViewElement extends HTMLElement {
  #history = new LogHistory((address) => fetch(address, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }));
  #known = false;
  #unseen = 0;
  #painting = false;
  #scroll = part(this, ".log-scroll", HTMLElement);
  #rows = new LogRows(part(this, ".log-body", HTMLElement), (id) => this.pressed(id));
  #says = new TextPart(this, ".log-says");
  #resume = part(this, ".log-resume", HTMLButtonElement);
  #back = part(this, ".log-back", HTMLButtonElement);
  feed = new LogFeed(this.#history, (news) => this.#heard(news), this.newLines());

  connectedCallback() {
    this.#scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#resume.addEventListener("click", () => this.resume());
    this.#back.addEventListener("click", () => this.feed.back());
    const fold = () => this.lines.fold(this.#rows.columns(this.#scroll.clientWidth));
    new ResizeObserver(() => this.change(fold)).observe(this.#scroll);
  }

  /** Where the lines go. */
  newLines() {
    return new LogLines();
  }

  get lines() {
    return this.feed.lines;
  }

  get following() {
    return this.feed.following;
  }

  /** The row that is to be the last in view; null: where the reader is. @returns {number | null} */
  get wanted() {
    return this.following ? this.lines.length : null;
  }

  /** Lines of the whole journal: what the room tells, and what is kept. @param {LogRoom} room */
  attach(room) {
    room.watch((ids, _, changes) => void (ids ? this.feed.came(/** @type {any} */ (changes)) : this.feed.again()));
  }

  /** Other lines: the newest, or from a moment on. @param {LogFilter} filter @param {string} [from] microseconds since 1970 */
  ask(filter, from = "") {
    return this.feed.begin(filter, from);
  }

  resume() {
    if (this.feed.hasNewer) void this.ask(this.feed.filter);
    else this.follow(true);
  }

  /** @param {boolean} following whether the newest line is kept in view */
  follow(following) {
    this.feed.following = following;
    if (following) this.#unseen = 0;
    this.dispatchEvent(new Event("log-following"));
    this.#paintSoon();
  }

  /** A line's button: it unfolds the line. @param {string} id */
  pressed(id) {
    this.change(() => this.lines.toggle(id));
  }

  /** @param {() => void} change of what is seen */
  change(change) {
    change();
    this.#paintSoon();
  }

  /** @param {News} news */
  #heard({ kind, count = 0, toEnd = false, kept }) {
    this.#known ||= kind !== "fault";
    this.#says.set(this.feed.fault);
    if (kind === "begun") this.#begin(toEnd);
    if (kind === "newer" && !this.following) this.#unseen += count;
    if (kept) this.dispatchEvent(new CustomEvent("log-kept", { detail: kept }));
    if (kind === "older") this.#paint();
    // One may have come to an end while this was on its way. Where little fits the filter, the button looks further.
    if (kind !== "fault" && (count || kind !== "older")) queueMicrotask(() => this.#atEdges());
    this.#paintSoon();
  }

  /** Other lines: drawn now, before older ones come above them. @param {boolean} toEnd */
  #begin(toEnd) {
    this.#rows.toStart(this.#scroll);
    this.follow(toEnd);
    this.#paint();
  }

  #scrolled() {
    if (this.following && !this.#rows.isAtEnd(this.#scroll) && !this.#painting) this.follow(false);
    if (!this.#painting) this.#rows.hold(this.lines, this.#scroll);
    this.#atEdges();
    this.#paintSoon();
  }

  /** More, where one comes to an end of what is here. */
  #atEdges() {
    if (this.#history.asking || this.following) return;
    if (this.feed.hasNewer && this.#rows.isAtEnd(this.#scroll)) void this.feed.on();
    else if (this.lines.goesBack && this.#scroll.scrollTop < this.#scroll.clientHeight) void this.feed.back();
  }

  #paintSoon() {
    if (this.#painting) return;
    this.#painting = true;
    requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    this.#rows.paint(this.lines, this.#scroll, this.wanted);
    showIf(part(this, ".log-empty", HTMLElement), this.#known && this.lines.length === 0);
    showIf(this.#resume, !this.following);
    showIf(this.#back, this.lines.goesBack && this.feed.hasOlder && this.#scroll.scrollTop === 0);
    this.#resume.textContent = `Go to the newest line${this.#unseen ? ` (${this.#unseen.toLocaleString("en")} more)` : ""}`;
    this.#painting = false;
  }
}

customElements.define("log-view", LogViewElement);
