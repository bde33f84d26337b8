import assert from "node:assert/strict";
import { test } from "node:test";

import { StatisticsRoom, highest, slotBar, spanWords, timesBars, timesWords } from "../../static/js/statistics.js";

const at = (number) => String(number).padStart(16, "0");
const zero = { started: 0, succeeded: 0, failed: 0, retried: 0, revoked: 0, lost: 0 };
const slot = (time, counts) => ({ id: `slot:10:${time}`, kind: "slot", length: 10, at: time, ...zero, ...counts });

function room(since, ...rows) {
  const told = new StatisticsRoom();
  const all = [{ id: "since", kind: "since", since }, ...rows].map((row) => ({ ...row, offset: at(1) }));
  told.answer({ room: "statistics", epoch: "e", offset: at(1), recovered: false, now: 2000, rows: all });
  return told;
}

test("before anything was counted all slots are unknown, and none is 0", () => {
  const slots = room(null).slots(10, 2000);
  assert.equal(slots.length, 90);
  assert.ok(slots.every((each) => each.counts === null));
  assert.equal(spanWords(slots), "Unknown: nothing has been counted yet");
  assert.equal(slotBar(slots[0]).parts, null);
  assert.match(slotBar(slots[0]).words, /: unknown$/);
});

test("what was before counting began is unknown, a quiet slot after it is 0", () => {
  const slots = room(1985, slot(1980, { succeeded: 2 })).slots(10, 2004);
  assert.deepEqual(slots.map((each) => each.counts?.succeeded ?? null).slice(-4), [null, 2, 0, 0]);
  assert.match(spanWords(slots), /^2 succeeded, 0 failed; unknown before \d\d:\d\d:\d\d$/);
});

test("a slot that begins is there by the clock alone", () => {
  const told = room(100, slot(2000, { succeeded: 1 }));
  assert.deepEqual(told.slots(10, 2009).at(-1)?.counts?.succeeded, 1);
  assert.deepEqual(told.slots(10, 2010).at(-1)?.counts?.succeeded, 0);
});

test("a new slot comes with a frame, and an old one grows", () => {
  const told = room(100, slot(1990, { succeeded: 1 }));
  const rows = [{ id: "slot:10:1990", offset: at(2), succeeded: 5 }, { ...slot(2000, { failed: 1, lost: 1 }), offset: at(2) }];
  told.frame({ room: "statistics", epoch: "e", prev: at(1), offset: at(2), now: 2001, rows });
  const bars = told.slots(10, 2001).map(slotBar).slice(-2);
  assert.deepEqual(bars.map((bar) => bar.parts?.map((part) => part.value)), [[5, 0], [0, 2]]);
  assert.equal(highest(bars), 5);
  assert.match(bars[1].words, /: 0 succeeded, 1 failed, 1 lost$/);
});

test("run times say how many runs they come from", () => {
  const times = { name: "n", runs: 5, median: 2.04, p95: 75, bars: [[1, 2, 4], [2, 80, 1]] };
  assert.equal(timesWords(times), "5 runs · median 2 s · 95% within 1 min 15 s");
  assert.deepEqual(timesBars(times).map((bar) => bar.words), ["1 s to 2 s: 4 runs", "2 s to 1 min 20 s: 1 run"]);
  const alike = { ...times, bars: [[0.31, 0.34, 1]] };
  assert.deepEqual(timesBars(alike).map((bar) => bar.words), ["About 0.3 s: 1 run"]);
  assert.match(timesWords({ ...times, runs: 1 }), /^1 run ·/);
});
