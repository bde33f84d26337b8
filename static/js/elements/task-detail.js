// @ts-check
/** One task, whole: how far, since when, with what, and what came out. */

/** @import {ServerClock} from "../server-clock.js" */
/** @import {Room} from "../task-store.js" */
/** @import {Row} from "../types.js" */
import { leftWords, momentWords, saidBelow, senderWords, thenWords, timeSpent } from "../detail-words.js";
import { amount, fraction, nameParts, percent, pretty, visible, visibleLine } from "../format.js";
import { milestone } from "../milestones.js";
import { Paces, stalledFor } from "../pace.js";
import { progressWords } from "../progress-words.js";
import { groupOf, isFinal } from "../states.js";
import { showInTab } from "../tab-progress.js";
import { firstRow } from "./first-row.js";
import { TextPart, part, showIf } from "./part.js";
import { ProgressBarElement } from "./progress-bar.js";
import { ResultCardElement } from "./result-card.js";
import { TaskFamilyElement, childrenIn } from "./task-family.js";
import { TaskActionsElement } from "./task-actions.js";
import { StatePillElement } from "./state-pill.js";
import { TaskStoryElement } from "./task-story.js";
import "./copy-button.js";
import "./telling-request.js";

const TICK_MS = 1000;
const TEXTS = ["module", "id", "function", "percent", "note", "amount", "left", "elapsed", "then", "args", "kwargs", "sender", "error", "traceback"];

export class TaskDetailElement extends HTMLElement {
  live = false;

  /** @type {Row | null} */ #row = null;
  #paces = new Paces();
  #painting = false;
  #ticking = 0;
  /** @type {import("./task-story.js").Then | null} what it shows instead of what it is now */ #then = null;
  /** @type {(() => Row[]) | null} */ #family = null;
  /** @type {Map<string, TextPart>} */ #texts = new Map();

  /** @param {Room} room @param {ServerClock} clock @param {Row | null} [first] what is known of it already */
  attach(room, clock, first = firstRow(clock)) {
    for (const name of TEXTS) this.#texts.set(name, new TextPart(this, `.task-detail-${name}`));
    this.#family = () => childrenIn(room);
    if (first) this.#take(first, clock);
    room.watch((_, live) => this.#changed(room, clock, live));
    this.addEventListener("story-moved", (event) => {
      this.#then = /** @type {CustomEvent} */ (event).detail;
      this.#paintSoon(clock);
    });
    this.#ticking = setInterval(() => this.live && this.#paintSoon(clock), TICK_MS);
  }

  /** It is shown no more. */
  detach() {
    clearInterval(this.#ticking);
    this.#family = null;
  }

  /** @param {Room} room @param {ServerClock} clock @param {boolean} live */
  #changed(room, clock, live) {
    if (!this.#family) return;
    const row = room.rows.get(room.name.slice("task:".length));
    showIf(part(this, ".task-detail-gone", HTMLElement), !row);
    if (row && live) clock.heard(row);
    if (row) this.#take(row, clock);
  }

  /** Title and icon at once: a hidden tab paints no frames, but its title is read. @param {Row} row @param {ServerClock} clock */
  #take(row, clock) {
    const said = milestone(this.#row ?? undefined, row);
    if (said) part(this, ".task-detail-said", HTMLElement).textContent = said;
    this.#row = row;
    this.#paces.heard(row.task_id, row);
    showInTab(row);
    this.#paintSoon(clock);
  }

  /** @param {ServerClock} clock */
  #paintSoon(clock) {
    if (this.#painting) return;
    this.#painting = true;
    requestAnimationFrame(() => {
      this.#painting = false;
      if (this.#row && this.#family) this.#paint(this.#row, clock.now());
    });
  }

  /** @param {Row} row @param {number} now */
  #paint(row, now) {
    part(this, "task-story", TaskStoryElement).row = row;
    part(this, "task-actions", TaskActionsElement).show(row, now);
    part(this, "task-family", TaskFamilyElement).show(row, this.#family?.() ?? []);
    this.#state(this.#then?.row ?? row, this.#then?.at ?? now);
  }

  /** As it is, or as it was. @param {Row} row @param {number} now */
  #state(row, now) {
    part(this, "state-pill", StatePillElement).state = row.state;
    part(this, "result-card", ResultCardElement).row = row;
    this.#progress(row, now);
    this.#words(row);
    this.#set("then", this.#then ? momentWords(row, now, this.#then.isUnsure) : "");
    this.dataset.group = groupOf(row.state);
    this.dataset.then = this.#then ? "yes" : "no";
  }

  /** @param {Row} row @param {number} now */
  #progress(row, now) {
    const done = isFinal(row.state) ? null : fraction(row);
    const left = this.#then ? "" : leftWords(row, this.#paces.left(row, now), now);
    part(this, "progress-bar", ProgressBarElement).fraction = done;
    showIf(part(this, "progress-bar", ProgressBarElement), done !== null);
    this.dataset.bar = done === null ? "no" : "yes";
    this.dataset.stalled = this.#then || stalledFor(row, now) === null ? "no" : "yes";
    this.#set("percent", percent(done));
    this.#set("note", this.#then ? thenWords(row) : saidBelow(row) ? "" : progressWords(row, now));
    this.#set("amount", isFinal(row.state) || !row.note ? "" : amount(row));
    this.#set("left", left);
    this.#set("elapsed", timeSpent(row, now));
  }

  /** @param {Row} row */
  #words(row) {
    const [module, task] = nameParts(row.name);
    this.#set("module", module);
    this.#set("function", task);
    this.#set("id", visibleLine(row.task_id));
    this.#set("args", visible(row.args ?? ""));
    this.#set("kwargs", visible(row.kwargs ?? ""));
    this.#set("sender", visibleLine(senderWords(row)));
    this.#set("error", row.error ? visibleLine(row.error) : "");
    this.#set("traceback", row.traceback ? pretty(row.traceback) : "");
    showIf(part(this, ".task-detail-failure", HTMLElement), Boolean(row.error || row.traceback));
    showIf(part(this, ".task-detail-called", HTMLElement), Boolean(row.args || row.kwargs || row.sender));
  }

  /** @param {string} name @param {string} text */
  #set(name, text) {
    this.#texts.get(name)?.set(text);
  }
}

customElements.define("task-detail", TaskDetailElement);
