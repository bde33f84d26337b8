// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { read, takes, written } from "../../static/js/log-filter.js";
import { LogLines, MOST_LINES, MOST_ROWS } from "../../static/js/log-lines.js";
import { rowsOf } from "../../static/js/log-text.js";

const line = (/** @type {number} */ number, more = {}) => ({
  ...{ id: String(number).padStart(6, "0"), offset: String(number).padStart(6, "0"), at: number, worker: "w", pid: 1, process: "p", text: `line ${number}` },
  ...more,
});
const numbers = (/** @type {number} */ from, /** @type {number} */ to) => Array.from({ length: to - from }, (_, at) => line(from + at));
const plain = (/** @type {import("../../static/js/log-text.js").Run[][]} */ rows) => rows.map((row) => row.map(({ text }) => text).join(""));
const shown = (/** @type {LogLines} */ lines, first = 0, last = lines.length) => lines.between(first, last).map(({ entry, at }) => plain([entry.rows[at]])[0]);

test("terminal colours are inks, and every other escape is gone or visible", () => {
  const [row] = rowsOf("a \u001b[1;31mred\u001b[0m \u001b[2J\u001b]8;;http://x\u0007link\u0000", 80);
  assert.deepEqual(row, [{ text: "a ", ink: "" }, { text: "red", ink: "failed" }, { text: " link␀", ink: "" }]);
});

test("a colour goes on over the end of a line until it is taken back", () => {
  assert.deepEqual(rowsOf("\u001b[32mone\ntwo\u001b[39m three", 80), [
    [{ text: "one", ink: "succeeded" }],
    [{ text: "two", ink: "succeeded" }, { text: " three", ink: "" }],
  ]);
});

test("a long line is folded at the width, a wide sign counts twice, and nothing is lost", () => {
  assert.deepEqual(plain(rowsOf("x".repeat(45), 20)), ["x".repeat(20), "x".repeat(20), "x".repeat(5)]);
  assert.deepEqual(plain(rowsOf("語".repeat(15), 20)), ["語".repeat(10), "語".repeat(5)]);
  const mixed = "\u001b[31m語a".repeat(40);
  assert.equal(plain(rowsOf(mixed, 21)).join(""), "語a".repeat(40));
  assert.equal(plain(rowsOf("", 20)).length, 1);
});

test("a line that is too long for a page is folded away until it is opened", () => {
  const lines = new LogLines();
  lines.append([line(1, { text: Array.from({ length: 100 }, (_, at) => `row ${at}`).join("\n") }), line(2)]);
  assert.equal(lines.length, MOST_ROWS + 1);
  assert.equal(lines.between(0, 1)[0].entry.more, 100 - MOST_ROWS);
  lines.toggle("000001");
  assert.equal(lines.length, 101);
  assert.equal(shown(lines).at(-1), "line 2");
  lines.toggle("000001");
  assert.equal(lines.length, MOST_ROWS + 1);
});

test("each row is found at its place, whatever stands above it", () => {
  const lines = new LogLines();
  lines.append(numbers(0, 300).map((one, at) => ({ ...one, text: Array(1 + (at % 4)).fill(`line ${at}`).join("\n") })));
  const all = shown(lines);
  assert.equal(all.length, lines.length);
  for (let first = 0; first < all.length; first += 7) assert.deepEqual(shown(lines, first, first + 20), all.slice(first, first + 20));
});

test("a line that is here already does not come twice, at either end", () => {
  const lines = new LogLines();
  lines.append(numbers(10, 20));
  lines.append(numbers(15, 25));
  lines.prepend(numbers(5, 12));
  assert.deepEqual(shown(lines), numbers(5, 25).map(({ text }) => text));
});

test("what a page holds is bounded, at the other end than where lines come", () => {
  const lines = new LogLines();
  lines.append(numbers(10_000, 10_000 + MOST_LINES));
  assert.ok(lines.append(numbers(20_000, 20_010)), "older ones have gone");
  assert.equal(lines.first, "010010");
  lines.prepend(numbers(0, 20));
  assert.equal(lines.lines.length, MOST_LINES);
  assert.deepEqual([lines.first, lines.last], ["000000", String(10_000 + MOST_LINES - 11).padStart(6, "0")]);
});

test("what is missing is said in its place", () => {
  const lines = new LogLines();
  lines.append([line(1), line(2, { dropped: 1204 }), { ...line(3), text: undefined, dropped: 1 }, { ...line(4), text: undefined, skipped: 7 }]);
  const rows = shown(lines);
  assert.match(rows[1], /1,204 lines dropped here/);
  assert.equal(rows[2], "line 2");
  assert.match(rows[3], /1 line dropped here/);
  assert.match(rows[4], /7 lines not shown here/);
});

test("a filter is what the address says, and the address what the filter says", () => {
  const filter = read(new URLSearchParams("?q=a+b&level=ERROR&worker=&x=1"));
  assert.deepEqual(filter, { q: "a b", level: "ERROR" });
  assert.equal(written(filter), "?level=ERROR&q=a+b");
  assert.equal(written({}), "");
});

test("a line that comes is taken as the server would", () => {
  const one = line(1, { level: "WARNING", name: "shop.pay", task: "t1", text: "Disk FULL" });
  for (const filter of [{}, { q: "disk full" }, { level: "WARNING" }, { level: "INFO" }, { worker: "w" }, { name: "shop.pay", task: "t1" }])
    assert.ok(takes(filter, one), JSON.stringify(filter));
  for (const filter of [{ q: "empty" }, { level: "ERROR" }, { worker: "v" }, { name: "shop" }, { task: "t2" }])
    assert.ok(!takes(filter, one), JSON.stringify(filter));
  assert.ok(takes({ q: "x", level: "ERROR" }, { ...one, text: undefined, dropped: 3 }), "nobody knows what was dropped");
});
