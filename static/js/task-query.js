// @ts-check
/** What the list is asked: read from the address and written to it, put to the server, decided for one row. */

/** @import {Row} from "./types.js" */
import { at, heardOf } from "./row.js";
import { GROUP_NAMES, groupOf } from "./states.js";

/**
 * @typedef {object} Question each part is "" where it is not asked for
 * @property {string} state a group of states
 * @property {string} name
 * @property {string} queue
 * @property {string} worker
 * @property {string} q a text that is part of a task
 * @property {string} since seconds since 1970
 * @property {string} until
 * @property {string} order "" is newest first
 */

/** @type {Readonly<Question>} */
export const EVERYTHING = { state: "", name: "", queue: "", worker: "", q: "", since: "", until: "", order: "" };

const PARTS = /** @type {(keyof Question)[]} */ (Object.keys(EVERYTHING));
const FILTERS = /** @type {(keyof Question)[]} */ (["state", "name", "queue", "worker"]);
const SHOWN_TEXTS = /** @type {(keyof Row)[]} */ (["name", "note", "summary", "worker"]);
const LONGEST_TEXT = 200;
const LATEST_S = 1e11;

/** What an address cannot ask for is not asked for. @param {string} search @returns {Question} */
export function read(search) {
  const given = new URLSearchParams(search);
  const question = { ...EVERYTHING };
  for (const part of PARTS) {
    const text = given.get(part) ?? "";
    if (isAsked(part, text)) question[part] = text;
  }
  return question;
}

/** @param {keyof Question} part @param {string} text */
function isAsked(part, text) {
  if (part === "state") return GROUP_NAMES.includes(text);
  if (part === "order") return text === "oldest";
  if (part !== "since" && part !== "until") return text.length <= LONGEST_TEXT;
  return /^\d+(\.\d+)?$/.test(text) && Number(text) < LATEST_S;
}

/** The address that asks this. @param {Question} question @returns {string} "" or "?state=…" */
export function write(question) {
  const asked = new URLSearchParams(PARTS.filter((part) => question[part]).map((part) => [part, question[part]]));
  return asked.size ? `?${asked}` : "";
}

/**
 * @param {Question} question
 * @param {{after?: string, skip?: number, backwards?: boolean, most: number}} page backwards: towards the list's begin
 */
export function forServer(question, { after, skip, backwards, most }) {
  const given = new URLSearchParams(write({ ...question, order: "" }));
  if (isOldestFirst(question) !== Boolean(backwards)) given.set("order", "oldest");
  if (after) given.set("after", after);
  if (skip) given.set("skip", String(skip));
  given.set("most", String(most));
  return `?${given}`;
}

/** @param {Question} question */
export function isOldestFirst(question) {
  return question.order === "oldest";
}

/** Whether the server can tell places and totals: one index has it all. @param {Question} question */
export function isCounted(question) {
  return !question.q && FILTERS.filter((part) => question[part]).length <= 1;
}

/** Whether the counters of the states tell its total. @param {Question} question */
export function isTabAlone(question) {
  return !["name", "queue", "worker", "q", "since", "until"].some((part) => question[/** @type {keyof Question} */ (part)]);
}

/** How many filters there are, beside the tab and the text. @param {Question} question */
export function filterCount(question) {
  return ["name", "queue", "worker", "since", "until"].filter((part) => question[/** @type {keyof Question} */ (part)]).length;
}

/**
 * Whether a row is in the list; null where its small row alone cannot tell, as the text may be in its arguments.
 * @param {Question} question
 * @param {Row} row
 * @returns {boolean | null}
 */
export function matches(question, row) {
  if (question.state && groupOf(row.state) !== question.state) return false;
  if (["name", "queue", "worker"].some((part) => differs(question, row, part))) return false;
  const heard = heardOf(row);
  if (question.since && heard < at(Number(question.since))) return false;
  if (question.until && heard > at(Number(question.until))) return false;
  return question.q ? hasText(question.q, row) || null : true;
}

/** @param {Question} question @param {Row} row @param {string} part */
function differs(question, row, part) {
  const wanted = question[/** @type {keyof Question} */ (part)];
  return wanted !== "" && row[/** @type {keyof Row} */ (part)] !== wanted;
}

/** As the server looks for it: in the texts as JSON, A-Z as a-z. @param {string} text @param {Row} row */
function hasText(text, row) {
  const needle = lower(JSON.stringify(text).slice(1, -1));
  if (lower(row.task_id).includes(needle)) return true;
  return SHOWN_TEXTS.some((field) => row[field] !== undefined && lower(JSON.stringify(row[field])).includes(needle));
}

/** @param {string} text */
function lower(text) {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
