// @ts-check
/** The answer to the list's question, as far as it is looked at: kept exact by what is told of tasks. */

/** @import {Change, Row} from "./types.js" */
/** @import {Question} from "./task-query.js" */
/** @import {Content} from "./task-stretch.js" */
import { heardOf, merged } from "./row.js";
import { EVERYTHING, isOldestFirst, matches } from "./task-query.js";
import { Stretch } from "./task-stretch.js";

export class TaskPages extends Stretch {
  /** @type {Question} */ question = EVERYTHING;
  /** Whether only the server can tell if a task that changed is in the list now. */
  unsure = false;

  /** @type {string | null} all changes after it have been told here; null: nothing is known yet */ #since = null;
  /** @type {Set<string>} those that match by what their small rows do not have: the server said so */ #bySaying = new Set();

  get isFilled() {
    return this.#since !== null;
  }

  /** Another question, or another log: nothing is known. @param {Question} question */
  reset(question) {
    super.fill();
    this.question = question;
    this.isOldestFirst = isOldestFirst(question);
    this.unsure = false;
    this.#since = null;
  }

  /** @override @param {Content} [content] @param {string} [offset] changes up to it are in the rows */
  fill(content, offset = "") {
    super.fill(content);
    this.unsure = false;
    this.#since = offset;
    this.#bySaying.clear();
    this.#note(content?.rows ?? []);
  }

  /** @override @param {Row[]} rows @param {string | null} end */
  extendDown(rows, end) {
    super.extendDown(rows, end);
    this.#note(rows);
  }

  /** @override @param {Row[]} rows @param {string | null} start */
  extendUp(rows, start) {
    super.extendUp(rows, start);
    this.#note(rows);
  }

  /** The server has found these. @param {Row[]} rows */
  #note(rows) {
    for (const row of rows) if (matches(this.question, row) === null) this.#bySaying.add(row.task_id);
  }

  /**
   * A task has changed.
   * @param {Change} change
   * @param {Row} [whole] all of its row, if that is known elsewhere
   * @returns {boolean} whether it has come or gone
   */
  hear(change, whole) {
    if (this.#since === null) return false;
    const had = this.rows.get(change.task_id);
    if (change.offset <= (had ? had.offset : this.#since)) return false;
    if (change.gone) return this.remove(change.task_id);
    const row = had || change.state ? merged(change, had) : whole;
    if (!row) this.#wonder(change);
    else if (had) return this.#keep(row);
    else if (this.covers(heardOf(row))) return this.#come(row, change);
    return false;
  }

  /** One that is in the list. @param {Row} row */
  #keep(row) {
    const is = matches(this.question, row);
    if (is === false) return this.remove(row.task_id);
    this.rows.set(row.task_id, row);
    this.unsure ||= is === null && !this.#bySaying.has(row.task_id);
    return false;
  }

  /** One that is not. The server has looked through the arguments of those it knew. @param {Row} row @param {Change} change */
  #come(row, change) {
    const is = matches(this.question, row);
    const isNew = heardOf(row) > String(this.#since) || isSentLate(change);
    if (is) this.insert(row);
    else this.unsure ||= is === null && isNew;
    return is === true;
  }

  /** One of which not all is known here: what it tells may bring it into the list. @param {Change} change */
  #wonder(change) {
    const { question } = this;
    const told = question.q && matches({ ...EVERYTHING, q: question.q }, merged({ ...change, heard: "" }));
    const fits = ["name", "queue", "worker"].some((part) => part in change && change[part] === question[/** @type {"name"} */ (part)]);
    this.unsure ||= fits || Boolean(told) || Boolean(question.q && isSentLate(change));
  }

  /** @override @param {string} id */
  remove(id) {
    this.#bySaying.delete(id);
    return super.remove(id);
  }
}

/** The sender's word came after the worker's, and brings the arguments. @param {Change} change */
function isSentLate(change) {
  return "sent_at" in change && !change.state;
}
