// @ts-check
/** Log lines, windowed: the newest as they come, and back through what is kept. */

/** @import {LogFilter} from "../log-filter.js" */
/** @import {LogPage} from "../log-history.js" */
/** @import {LogLine, LogRoom} from "../log-room.js" */
import { takes } from "../log-filter.js";
import { LogHistory } from "../log-history.js";
import { LogLines } from "../log-lines.js";
import { windowOf } from "../task-list.js";
import { LogRows } from "./log-rows.js";
import { TextPart, part, showIf } from "./part.js";

export class LogViewElement extends HTMLElement {
  lines = new LogLines();

  #following = true; // the newest line is kept in view
  #unseen = 0;
  #painting = false;
  #history = new LogHistory((address) => fetch(address));
  #scroll = part(this, ".log-scroll", HTMLElement);
  #rows = new LogRows(part(this, ".log-body", HTMLElement), (id) => this.#change(() => this.lines.toggle(id)));
  #says = new TextPart(this, ".log-says");
  #resume = part(this, ".log-resume", HTMLButtonElement);

  connectedCallback() {
    this.#scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#resume.addEventListener("click", () => this.resume());
    const fold = () => this.lines.fold(this.#rows.columns(this.#scroll.clientWidth));
    new ResizeObserver(() => this.#change(fold)).observe(this.#scroll);
  }

  /** @param {LogRoom} room */
  attach(room) {
    room.watch((ids, _, changes) => (ids === null ? this.#again() : this.#came(/** @type {any} */ (changes))));
  }

  /** Other lines: the newest, or from a moment on. @param {LogFilter} filter @param {string} [from] microseconds since 1970 */
  async ask(filter, from = "") {
    const page = this.#told(await this.#history.begin(filter, from));
    if (!page) return;
    this.lines.clear();
    this.lines.append(page.rows);
    this.follow(!from);
    this.dispatchEvent(new CustomEvent("log-kept", { detail: page.kept }));
  }

  resume() {
    return this.#history.newer ? this.ask(this.#history.filter) : this.follow(true);
  }

  get following() {
    return this.#following;
  }

  /** The room was read anew: what came while we were away is asked for. */
  async #again() {
    if (this.#history.newer || !this.lines.last) return;
    const page = this.#told(await this.#history.since(this.lines.last));
    if (page?.next && this.#following) await this.ask(this.#history.filter);
    else if (page) this.#take(page.rows);
  }

  /** @param {LogLine[]} lines of whatever filter */
  #came(lines) {
    const { newer, filter } = this.#history;
    if (!newer) this.#take(lines.filter((line) => takes(filter, line)));
  }

  /** @param {LogLine[]} lines newer ones */
  #take(lines) {
    const gone = this.lines.append(lines);
    if (gone) this.#history.older = this.lines.first;
    if (!this.#following) {
      this.#scroll.scrollTop -= gone * this.#rows.height;
      this.#unseen += lines.length;
    }
    this.#paintSoon();
  }

  /** @param {boolean} following */
  follow(following) {
    this.#following = following;
    if (following) this.#unseen = 0;
    this.dispatchEvent(new Event("log-following"));
    this.#paintSoon();
  }

  #scrolled() {
    if (this.#following && !this.#isAtBottom && !this.#painting) this.follow(false);
    this.#atEdges();
    this.#paintSoon();
  }

  get #isAtBottom() {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroll;
    return scrollTop + clientHeight >= scrollHeight - this.#rows.height;
  }

  /** More, where one comes to an end of what is here. */
  async #atEdges() {
    const { asking, newer, older } = this.#history;
    if (asking || this.#following) return;
    if (newer && this.#isAtBottom) this.#take(this.#told(await this.#history.since(newer))?.rows ?? []);
    else if (older && this.#scroll.scrollTop < this.#scroll.clientHeight) this.#put(this.#told(await this.#history.back()));
  }

  /** @param {LogPage | null} page older lines */
  #put(page) {
    const { last } = this.lines;
    const came = this.lines.prepend(page?.rows ?? []);
    if (this.lines.last !== last) this.#history.newer = this.lines.last;
    this.#paint();
    this.#scroll.scrollTop += came * this.#rows.height;
  }

  /** @param {LogPage | null} page */
  #told(page) {
    this.#says.set(this.#history.fault);
    if (page) setTimeout(() => this.#atEdges()); // one may have come to an end while this was on its way
    this.#paintSoon();
    return page;
  }

  /** @param {() => void} change */
  #change(change) {
    change();
    this.#paintSoon();
  }

  #paintSoon() {
    if (this.#painting) return;
    this.#painting = true;
    requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    this.#rows.resize(this.lines.length);
    if (this.#following) this.#scroll.scrollTop = this.#scroll.scrollHeight;
    const { scrollTop, clientHeight } = this.#scroll;
    const [first, last] = windowOf(scrollTop, clientHeight, this.#rows.height, this.lines.length);
    this.#rows.show(this.lines.between(first, last), first);
    showIf(part(this, ".log-empty", HTMLElement), this.lines.length === 0 && !this.#history.asking);
    showIf(this.#resume, !this.#following);
    this.#resume.textContent = `Go to the newest line${this.#unseen ? ` (${this.#unseen.toLocaleString("en")} more)` : ""}`;
    this.#painting = false;
  }
}

customElements.define("log-view", LogViewElement);
