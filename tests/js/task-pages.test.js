// What the random test of task-pager.test.js meets too seldom: one rule of the pages a test.

import assert from "node:assert/strict";
import { test } from "node:test";

import { RowTable, KEPT_ROWS } from "../../static/js/row-table.js";
import { TaskPages } from "../../static/js/task-pages.js";
import { EVERYTHING } from "../../static/js/task-query.js";
import { requestFor, wishFor } from "../../static/js/task-requests.js";
import { MOST_KEPT } from "../../static/js/task-stretch.js";

const at = (number) => String(number).padStart(16, "0");
const row = (number, more) => ({ task_id: `t${number}`, offset: at(number), heard: at(number), state: "PROGRESS", name: "shop.pack", ...more });
const newest = (from, to) => Array.from({ length: from - to + 1 }, (_, step) => row(from - step));

/** Pages that hold the rows from `from` down to `to` of a hundred. */
function holding(from, to, question = {}) {
  const pages = new TaskPages();
  pages.reset({ ...EVERYTHING, ...question });
  const edges = { start: from === 100 ? null : at(from + 1), end: to === 1 ? null : at(to) };
  pages.fill({ rows: newest(from, to), ...edges, first: 100 - from, total: 100 }, at(200));
  return pages;
}

test("a change that the answer has already is no change", () => {
  const pages = holding(100, 91);
  assert.equal(pages.hear({ ...row(95), task_id: "ghost", offset: at(150), heard: at(95) }), false);
  assert.equal(pages.rows.has("ghost"), false);
  pages.hear({ task_id: "t95", offset: at(90), note: "old" });
  assert.equal(pages.rows.get("t95").note, undefined);
});

test("what comes outside the stretch is not put into it", () => {
  const pages = holding(60, 51);
  for (const number of [61, 50, 300]) pages.hear({ ...row(number), task_id: `new${number}`, offset: at(300 + number) });
  assert.deepEqual(pages.ids, newest(60, 51).map((one) => one.task_id));
  assert.equal(pages.hear({ ...row(55), task_id: "new55", offset: at(400), heard: at(55) }), true);
  assert.equal(pages.ids.indexOf("new55"), 5);
});

test("a page is joined only to the end it was asked for", () => {
  const pages = holding(60, 51);
  const page = (rows, next) => ({ epoch: "e", offset: at(200), rows, next, total: 100, place: null });
  const down = requestFor("down", pages, 45);
  assert.deepEqual(down.page, { after: at(51) });
  down.take(page(newest(50, 41), at(41)));
  const up = requestFor("up", pages, 45);
  assert.deepEqual(up.page, { after: at(60), backwards: true });
  up.take({ ...page(newest(70, 61).reverse(), at(70)), place: 60 });
  assert.deepEqual(pages.ids, newest(70, 41).map((one) => one.task_id));
  assert.equal(pages.first, 30);
  assert.ok(pages.covers(at(70)) && !pages.covers(at(71)) && pages.covers(at(41)) && !pages.covers(at(40)));
  requestFor("up", pages, 0).take(page(newest(100, 71).reverse(), ""));
  assert.deepEqual([pages.start, pages.first, pages.ids.length], [null, 0, 60]);
});

test("the list's places are asked for where they are: next to what is here, or far away", () => {
  const pages = holding(60, 51);
  pages.total = 10_000;
  assert.equal(wishFor(pages, 30, 48, true), "up");
  assert.equal(wishFor(pages, 60, 80, true), "down");
  assert.equal(wishFor(pages, 5000, 5020, true), "jump");
  assert.deepEqual(requestFor("jump", pages, 5000).page, { skip: 4950 });
  pages.question = { ...EVERYTHING, q: "x" };
  assert.equal(wishFor(pages, 5000, 5020, true), "down");
  assert.equal(wishFor(holding(100, 1), 0, 20, true), null);
});

test("the server said that a row matches by its arguments: that stays so whatever else it tells", () => {
  const pages = holding(100, 91, { q: "order 7" });
  for (const current of [1, 2, 3]) pages.hear({ task_id: "t95", offset: at(300 + current), current });
  assert.equal(pages.unsure, false);
  pages.hear({ ...row(250), offset: at(250), state: "PENDING" });
  assert.equal(pages.unsure, true, "a new one may match by its arguments");
});

test("a row that matched by its note and does so no more is for the server to tell", () => {
  const pages = new TaskPages();
  pages.reset({ ...EVERYTHING, q: "boxes" });
  pages.fill({ rows: [row(5, { note: "no boxes" })], start: null, end: null, first: 0, total: null }, at(9));
  pages.hear({ task_id: "t5", offset: at(10), note: "ready" });
  assert.deepEqual([pages.unsure, pages.ids], [true, ["t5"]]);
});

test("one that is not here, and tells of what is looked for, is for the server to tell", () => {
  const pages = holding(60, 51, { q: "boxes" });
  pages.hear({ task_id: "far", offset: at(300), note: "waits" });
  assert.equal(pages.unsure, false);
  pages.hear({ task_id: "far", offset: at(301), note: "no boxes" });
  assert.equal(pages.unsure, true);
});

test("what is kept is bounded, and what is looked at stays", () => {
  const pages = new TaskPages();
  pages.reset(EVERYTHING);
  pages.fill({ rows: [], start: null, end: null, first: 0, total: null }, at(0));
  for (let number = 1; number <= 5000; number += 1) {
    pages.hear(row(number));
    if (number % 100 === 0) pages.trim(0, 30);
  }
  assert.ok(pages.ids.length <= MOST_KEPT + 200 && pages.rows.size === pages.ids.length);
  assert.deepEqual([pages.first, pages.ids[0], pages.covers(at(1))], [0, "t5000", false]);
  const [first, last] = [pages.ids.length - 40, pages.ids.length - 10];
  const seen = pages.ids.slice(first, last);
  for (let number = 5001; number <= 5900; number += 1) pages.hear(row(number));
  pages.trim(first + 900, last + 900);
  assert.ok(pages.first > 0 && pages.ids.length <= MOST_KEPT);
  assert.deepEqual(pages.ids.slice(first + 900 - pages.first, last + 900 - pages.first), seen);
});

test("a room keeps the newest rows, and says up to where", () => {
  const table = RowTable.of(newest(3000, 2001), { PROGRESS: 3000 });
  assert.equal(table.floor, at(2001));
  assert.equal(table.keep(row(2000)), false);
  for (let number = 3001; number <= 4001; number += 1) table.keep(row(number));
  table.bound();
  assert.deepEqual([table.size, table.floor], [KEPT_ROWS, at(3002)]);
  assert.equal(RowTable.of(newest(5, 1), { PROGRESS: 5 }).floor, "");
});
