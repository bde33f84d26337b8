import assert from "node:assert/strict";
import { test } from "node:test";

import { amount, clock, count, duration, fraction, nameParts, percent, pretty, visible, visibleLine } from "../../static/js/format.js";

const row = (current, total) => ({ task_id: "a", offset: "1", current, total });

test("a percentage is shown only where a number divides a positive total", () => {
  const shown = (current, total) => percent(fraction(row(current, total)));
  assert.equal(shown(1, 3), "33%");
  assert.equal(shown(0, 10), "0%");
  assert.equal(shown(10, 10), "100%");
  for (const total of [0, -5, null, undefined, NaN, Infinity, "10"]) assert.equal(shown(5, total), "", `total ${total}`);
  for (const current of [null, undefined, NaN, Infinity, "5"]) assert.equal(shown(current, 10), "", `current ${current}`);
});

test("a percentage stays between 0 and 100, and 100 means that nothing is left", () => {
  assert.equal(percent(fraction(row(15, 10))), "100%");
  assert.equal(percent(fraction(row(-1, 10))), "0%");
  assert.equal(percent(fraction(row(9999, 10000))), "99%");
  assert.equal(percent(fraction(row(29, 100))), "29%");
  assert.equal(percent(fraction(row(57, 100))), "57%");
});

test("huge numbers are shown and divided", () => {
  assert.equal(percent(fraction(row(2 ** 70, 2 ** 71))), "50%");
  assert.equal(percent(fraction(row(Number.MAX_SAFE_INTEGER, 1e308))), "0%");
  assert.equal(count(Number.MAX_SAFE_INTEGER), "9,007,199,254,740,991");
  assert.equal(count(NaN), "");
});

test("an amount says of how many, where that is known", () => {
  assert.equal(amount(row(115, 1280)), "115 of 1,280");
  for (const total of [undefined, null, NaN, 0, -8]) assert.equal(amount(row(115, total)), "115");
  assert.equal(amount(row(undefined, 10)), "");
});

test("ticking digits are blank where there is nothing to say, never 0:00", () => {
  for (const unknown of [null, undefined, NaN, Infinity, -3, 0, 0.9]) assert.equal(clock(unknown), "");
  assert.equal(clock(9.9), "0:09");
  assert.equal(clock(72), "1:12");
  assert.equal(clock(3723), "1:02:03");
  assert.equal(clock(3 * 86400 + 4 * 3600 + 65), "3 d 04:01:05");
});

test("durations are words with units", () => {
  const words = { 0: "0 s", 0.004: "4 ms", 0.42: "0.4 s", 0.99: "1 s", 1: "1 s", 9.96: "10 s", 18.9: "19 s", 59.99: "1 min", 185: "3 min 5 s", 7500: "2 h 5 min", 266400: "3 d 2 h" };
  for (const [seconds, text] of Object.entries(words)) assert.equal(duration(Number(seconds)), text);
  assert.equal(duration(-1), "0 s");
  assert.equal(duration(NaN), "");
});

test("direction overrides and invisible signs are made visible", () => {
  assert.equal(visible("safe\u202Egpj.exe"), "safe[U+202E]gpj.exe");
  assert.equal(visible("a\u2066b\u2069c\u200Bd\uFEFF"), "a[U+2066]b[U+2069]c[U+200B]d[U+FEFF]");
  assert.equal(visible("\u061c\u200f\u0085"), "[U+061C][U+200F][U+0085]");
});

test("control characters are made visible, terminal escapes are taken out", () => {
  assert.equal(visible("a\u0000b\u0007c\u007f"), "a␀b␇c␡");
  assert.equal(visible("\u001b[31mred\u001b[0m \u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007"), "red link");
  assert.equal(visible("a\rb"), "a␍b");
});

test("joiners stay in emoji and in scripts that need them, and are shown where they only hide", () => {
  for (const text of ["👩\u200d👩\u200d👧 ok", "👩🏽\u200d💻", "❤\ufe0f\u200d🔥", "می\u200cخواهم", "क्\u200dष"]) assert.equal(visible(text), text);
  assert.equal(visible("pay\u200dpal \u200c👩\u200d"), "pay[U+200D]pal [U+200C]👩[U+200D]");
  assert.equal(visible("م\u202eخ"), "م[U+202E]خ");
});

test("line ends and tabs stay in texts, and become spaces on one line", () => {
  assert.equal(visible("a\r\nb\tc"), "a\nb\tc");
  assert.equal(visibleLine("a\r\nb\tc"), "a b c");
});

test("lone surrogates are replaced, pairs stay", () => {
  assert.equal(visible("a\ud800b\udc00c😀"), "a\ufffdb\ufffdc😀");
});

test("markup is only text, and values of any type are shown", () => {
  assert.equal(visible("<script>"), "<script>");
  assert.equal(visible(null), "");
  assert.equal(pretty({ a: [1] }), '{\n  "a": [\n    1\n  ]\n}');
  assert.equal(pretty("text"), "text");
  assert.equal(pretty(null), "null");
});

test("a task's name is split at its last dot", () => {
  assert.deepEqual(nameParts("media.video.transcode"), ["media.video.", "transcode"]);
  assert.deepEqual(nameParts("lonely"), ["", "lonely"]);
  assert.deepEqual(nameParts(undefined), ["", "unnamed task"]);
});
