import assert from "node:assert/strict";
import { test } from "node:test";

import { Pace, elapsed, stalledFor } from "../../static/js/pace.js";
import { ServerClock } from "../../static/js/server-clock.js";

const running = (at, current, more) => ({
  task_id: "a", offset: "1", state: "PROGRESS", attempt: 1, started_at: 0, total: 100, progress_at: at, current, ...more,
});

/** A pace after one step a second up to `until`. */
function steady(until) {
  const pace = new Pace();
  for (let s = 0; s <= until; s += 1) pace.heard(running(s, s));
  return pace;
}

test("the time left follows the task's own rate", () => {
  assert.equal(steady(20).left(running(20, 20), 20), 80);
  assert.equal(steady(20).left(running(20, 20), 22), 78);
});

test("there is no time left to show without ground for it", () => {
  assert.equal(new Pace().left(running(20, 20), 20), null, "nothing heard");
  assert.equal(steady(3).left(running(3, 3), 3), null, "too short a time");
  assert.equal(steady(20).left(running(20, 20, { total: undefined }), 20), null, "no total");
  assert.equal(steady(20).left(running(20, 20, { reports: 20 }), 60), null, "stalled");
  assert.equal(steady(20).left(running(20, 20, { state: "SUCCESS" }), 20), null, "ended");
});

test("a new attempt or a step back starts the measure anew", () => {
  const pace = steady(20);
  pace.heard(running(21, 0, { attempt: 2 }));
  assert.equal(pace.left(running(21, 0, { attempt: 2 }), 21), null);
});

test("many reports a second still give a window of many seconds", () => {
  const pace = new Pace();
  for (let s = 0; s <= 30; s += 0.05) pace.heard(running(s, s));
  const left = pace.left(running(30, 30), 30);
  assert.ok(left && Math.abs(left - 70) < 1, String(left));
});

/** Twelve reports, one every `gap` seconds. */
const every = (gap, more) => running(12 * gap, 5, { reports: 12, ...more });

test("a run is stalled after five of its own usual gaps, and not before half a minute", () => {
  assert.equal(stalledFor(every(1), 12 + 29), null);
  assert.equal(stalledFor(every(1), 12 + 31), 31);
  assert.equal(stalledFor(every(60), 720 + 299), null, "it reports every minute");
  assert.equal(stalledFor(every(60), 720 + 301), 301);
  assert.equal(stalledFor(every(1, { state: "SUCCESS" }), 55), null);
});

test("the next report ends the stall", () => {
  assert.equal(stalledFor(every(1), 100), 88, "void: it was not stalled");
  assert.equal(stalledFor(every(1, { progress_at: 100, reports: 13 }), 101), null);
});

test("before the usual gap is known, two minutes pass before a stall is told", () => {
  assert.equal(stalledFor(running(10, 5, { reports: 2 }), 10 + 119), null);
  assert.equal(stalledFor(running(10, 5, { reports: 2 }), 10 + 121), 121);
  assert.equal(stalledFor(running(10, 5), 10 + 121), 121, "a row of an older log has no number of reports");
});

test("time spent waiting, running, and in all", () => {
  const base = { task_id: "a", offset: "1", sent_at: 100, started_at: 110 };
  assert.equal(elapsed({ ...base, state: "PENDING" }, 105), 5);
  assert.equal(elapsed({ ...base, state: "PROGRESS" }, 125), 15);
  assert.equal(elapsed({ ...base, state: "SUCCESS", ended_at: 130 }, 999), 20);
  assert.equal(elapsed({ task_id: "a", offset: "1", state: "PROGRESS" }, 5), null);
});

test("a browser clock that goes wrong does not change how long ago things were", () => {
  let browser = 5000;
  const clock = new ServerClock(() => browser);
  clock.heard({ task_id: "a", offset: "1", progress_at: 1000 });
  browser += 30;
  clock.heard({ task_id: "a", offset: "1", sent_at: 900 });
  assert.equal(clock.now(), 1030);
});
