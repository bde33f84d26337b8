// @ts-check
/** A task's story on rows: its steps, its log lines between them, and what is missing, as far as it is to be seen. */

/** @import {Entry} from "./log-lines.js" */
/** @import {Moment} from "./story-moments.js" */
/** @import {Row, Step} from "./types.js" */
import { LogLines } from "./log-lines.js";
import { leftOut, stepsOf } from "./steps.js";
import { between } from "./story.js";
import { gap, lineMoment, stepMoment, stepsLeftOut } from "./story-moments.js";

export const KINDS = ["state", "progress", "retry", "action", "mail", "line"];
const OLDER = "older-lines";
const NEWER = "newer-lines";

export class StoryLines extends LogLines {
  /** @type {Step[]} */ steps = [];
  /** Whether more lines are kept than are here. */
  hasOlder = () => false;
  hasNewer = () => false;
  /** @type {Set<string>} kinds that are not to be seen */ hidden = new Set();
  /** @type {Set<string>} kinds that there are */ kinds = new Set();
  /** @type {Moment[]} what is seen, but for what is said to be missing */ moments = [];
  /** How many of the moments have happened where one looks; null: all of them, and those to come. @type {number | null} */
  #upTo = null;
  #seen = "";

  /** @override */
  get goesBack() {
    return false; // they come within the story
  }

  /** @param {Row} row @returns {boolean} whether that is news */
  take(row) {
    const steps = stepsOf(row);
    const seen = JSON.stringify(steps);
    if (seen === this.#seen) return false;
    [this.#seen, this.steps] = [seen, steps];
    this.arrange();
    return true;
  }

  get upTo() {
    return this.#upTo;
  }

  /** @param {number | null} moments */
  set upTo(moments) {
    this.#upTo = moments;
    this.#dim();
  }

  /** Whether steps that are not kept may have been before this moment, and after those that are. @param {Moment} moment */
  isUnsure({ steps }) {
    const { count, before } = leftOut(this.steps);
    return count > 0 && this.steps[steps]?.n === before;
  }

  /** The row after the last moment that has happened. */
  get wanted() {
    const moment = this.#upTo === null ? undefined : this.moments[this.#upTo - 1];
    return moment ? this.rowOf(moment.id) + moment.rows.length : this.length;
  }

  /** @override @param {Entry[]} entries @returns {Entry[]} */
  order(entries) {
    const here = this.#upTo === null ? null : this.moments[this.#upTo - 1];
    const all = this.#all(entries);
    const seen = all.filter((entry) => this.#isSeen(entry));
    this.moments = momentsOf(seen);
    if (here) this.#upTo = Math.max(1, momentsOf(until(here, all).filter((entry) => this.#isSeen(entry))).length);
    this.#dim();
    return seen;
  }

  /** @param {Entry} entry */
  #isSeen({ kind = "line" }) {
    return !this.hidden.has(kind);
  }

  #dim() {
    this.moments.forEach((moment, at) => (moment.later = this.#upTo !== null && at >= this.#upTo));
  }

  /** @param {Entry[]} entries */
  #all(entries) {
    const of = new Map(entries.map((entry) => [entry.line.id, entry]));
    const slots = between(this.steps, entries.map(({ line }) => line));
    const missing = leftOut(this.steps);
    /** @type {Entry[]} */ const all = [];
    this.steps.forEach((step, at) => {
      for (const { id } of slots[at]) all.push(lineMoment(/** @type {Entry} */ (of.get(id)), at));
      if (missing.count && step.n === missing.before) all.push(gap("left-out", stepsLeftOut(missing.count), this.columns));
      all.push(stepMoment(step, at, this.steps[at - 1], this.columns));
    });
    for (const { id } of slots[this.steps.length]) all.push(lineMoment(/** @type {Entry} */ (of.get(id)), this.steps.length));
    this.kinds = new Set(all.map(({ kind = "line" }) => kind));
    return this.#withEdges(all, this.hidden.has("line"));
  }

  /** @param {Entry[]} all @param {boolean} withoutLines */
  #withEdges(all, withoutLines) {
    if (withoutLines) return all;
    const isLine = (/** @type {Entry} */ { kind }) => kind === "line" || kind === "mail";
    const last = all.findLastIndex(isLine);
    if (last >= 0 && this.hasNewer()) all.splice(last + 1, 0, gap(NEWER, "Later log lines are kept", this.columns, "Load them"));
    const first = all.findIndex(isLine);
    if (first >= 0 && this.hasOlder()) all.splice(first, 0, gap(OLDER, "Earlier log lines are kept", this.columns, "Load more of them"));
    return all;
  }
}

/** What there is up to a moment; of one whose line has gone for newer ones, up to the step before it. @param {Moment} here @param {Entry[]} all */
function until(here, all) {
  const at = all.findIndex(({ line }) => line.id === here.id);
  const before = (/** @type {Entry} */ entry) => entry.kind !== "gap" && /** @type {Moment} */ (entry).steps <= here.steps;
  const isStep = (/** @type {Entry} */ entry) => before(entry) && entry.kind !== "line" && entry.kind !== "mail";
  return all.slice(0, (at < 0 ? all.findLastIndex(isStep) : at) + 1);
}

/** @param {Entry[]} entries */
function momentsOf(entries) {
  return /** @type {Moment[]} */ (entries.filter(({ kind }) => kind !== "gap"));
}

/** What the button of a gap does. @type {{[id: string]: "back" | "on" | undefined}} */
export const LOADS = { [OLDER]: "back", [NEWER]: "on" };
