// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { address, causeWords, logsAddress, saidWords, subjectWords, timesWords } from "../../static/js/alarm-words.js";

/** @param {any} more @returns {import("../../static/js/alarm-words.js").Alarm} */
const alarm = (more) => ({ id: "alarm:1", cause: "failed", subject: "shop.pack", since: 1_000, last: 2_000, count: 1, ...more });

test("causes beyond the first 100 are one alarm, which leads to the board and to no log", () => {
  const more = alarm({ cause: "more", subject: "causes beyond the first 100", task: "", count: 1234 });
  assert.equal(`${causeWords(more)}: ${subjectWords(more)}`, "Too much at once: causes beyond the first 100");
  assert.match(timesWords(more), /^1,234 times since /);
  assert.deepEqual([address(more), logsAddress(more)], ["/", ""]);
});

test("names are quoted in addresses and are one line of plain text", () => {
  const evil = alarm({ subject: "a\nb\u202e", task: "x/../y?z#&", said: "first\nsecond" });
  assert.deepEqual([address(evil), logsAddress(evil)], ["/tasks/x%2F..%2Fy%3Fz%23%26", "/logs?task=x%2F..%2Fy%3Fz%23%26"]);
  assert.doesNotMatch(subjectWords(evil), /[\n\u202e]/);
  assert.equal(saidWords(evil), "first");
  assert.equal(logsAddress(alarm({ cause: "worker", subject: "w@h&level=x" })), "/logs?worker=w%40h%26level%3Dx");
});

test("what only stands says since when, and no count of looks", () => {
  assert.doesNotMatch(timesWords(alarm({ cause: "queue", count: 9 })), /times/);
  assert.match(timesWords(alarm({ cause: "stalled", count: 2 })), /^2 tasks, since /);
});
