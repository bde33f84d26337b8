// @ts-check
/** Which page to ask for, and how its answer is joined to what is here. */

/** @import {Row, TaskPage} from "./types.js" */
/** @import {Room} from "./task-store.js" */
/** @import {Question} from "./task-query.js" */
/** @import {TaskPages} from "./task-pages.js" */
/** @import {Content} from "./task-stretch.js" */
import { merged } from "./row.js";
import { isCounted, isOldestFirst, matches } from "./task-query.js";
import { sorted } from "./task-stretch.js";

/** How many rows are to be here before and after those that are looked at. */
export const MARGIN = 50;
export const PAGE = 200;

/**
 * @typedef {"fill" | "anew" | "jump" | "up" | "down"} Wish
 * @typedef {{after?: string, skip?: number, backwards?: boolean}} PageRequest
 * @typedef {{page: PageRequest, take: (page: TaskPage) => void}} Request
 */

/**
 * What to ask for next, if anything.
 * @param {TaskPages} pages
 * @param {number} top the first place that is looked at
 * @param {number} bottom the last one
 * @param {boolean} mayAskAnew
 * @returns {Wish | null}
 */
export function wishFor(pages, top, bottom, mayAskAnew) {
  if (!pages.isFilled) return "fill";
  if (pages.unsure && mayAskAnew) return "anew";
  const after = pages.first + pages.ids.length;
  const below = pages.end !== null && bottom + MARGIN > after;
  const above = pages.start !== null && top - MARGIN < pages.first;
  const isFar = (below && top > after + PAGE) || (above && bottom < pages.first - PAGE);
  if (isFar && isCounted(pages.question)) return "jump";
  if (above && (top < pages.first || !below)) return "up"; // what is in view comes first
  return below ? "down" : null;
}

/** @param {Wish} wish @param {TaskPages} pages @param {number} top the first place that is looked at @returns {Request} */
export function requestFor(wish, pages, top) {
  if (wish === "anew") return anew(pages, Math.min(pages.ids.length, Math.max(0, top - pages.first - MARGIN)));
  if (wish === "jump") return jump(pages, Math.max(0, top - MARGIN));
  if (wish === "up") return up(pages);
  if (wish === "down") return down(pages);
  return { page: {}, take: (page) => fill(pages, page, null, 0) };
}

/** @param {TaskPages} pages @param {number} from within the stretch @returns {Request} */
function anew(pages, from) {
  const start = from ? pages.heardAt(from - 1) : pages.start;
  const first = pages.first + from;
  return { page: { after: start ?? "" }, take: (page) => fill(pages, page, start, first) };
}

/** @param {TaskPages} pages @param {number} skip @returns {Request} */
function jump(pages, skip) {
  const take = (/** @type {TaskPage} */ page) => {
    const head = page.rows[0]?.heard;
    // The list has become shorter than this place: where its end is now is asked for next.
    if (skip && !head) pages.total = page.total;
    else fill(pages, page, skip && head ? justBefore(head, pages) : null, skip);
  };
  return { page: { skip }, take };
}

/** @param {TaskPages} pages @param {TaskPage} page @param {string | null} start @param {number} first */
function fill(pages, page, start, first) {
  const place = start === null ? 0 : (page.place ?? first);
  pages.fill({ rows: rowsOf(page), start, end: page.next || null, first: place, total: page.total }, page.offset);
}

/** @param {TaskPages} pages @returns {Request} */
function down(pages) {
  const take = (/** @type {TaskPage} */ page) => {
    const before = pages.ids.length;
    pages.extendDown(rowsOf(page), page.next || null);
    pages.total = page.total;
    if (page.place !== null && pages.start !== null) pages.first = Math.max(0, page.place - before);
  };
  return { page: { after: pages.end ?? "" }, take };
}

/** @param {TaskPages} pages @returns {Request} */
function up(pages) {
  const take = (/** @type {TaskPage} */ page) => {
    pages.extendUp(rowsOf(page).reverse(), page.next ? justBefore(page.next, pages) : null);
    pages.total = page.total;
    if (page.place === null || page.total === null || pages.start === null) return;
    pages.first = Math.max(0, page.total - page.place - page.rows.length);
  };
  const after = pages.ids.length ? pages.heardAt(0) : (pages.end ?? "");
  return { page: { after, backwards: true }, take };
}

/** The last `heard` that comes before this one in the list: whole numbers, exact in a double. @param {string} heard @param {TaskPages} pages */
function justBefore(heard, pages) {
  return String(Number(heard) + (pages.isOldestFirst ? -1 : 1)).padStart(16, "0");
}

/** @param {TaskPage} page */
function rowsOf(page) {
  return page.rows.map((row) => merged(row));
}

/**
 * What the room has of an answer: it holds all tasks from its floor on, with all that the small rows have.
 * @param {Room} room
 * @param {Question} question
 * @returns {Content | null}
 */
export function contentOf(room, question) {
  const { floor } = room.rows;
  const isWhole = floor === "";
  if (room.epoch === null || question.q || (isOldestFirst(question) && !isWhole)) return null;
  const found = /** @type {Row[]} */ ([...room.rows.values()].filter((row) => matches(question, row)));
  const rows = sorted(found, isOldestFirst(question));
  return { rows, start: null, end: isWhole ? null : floor, first: 0, total: isWhole ? rows.length : null };
}
