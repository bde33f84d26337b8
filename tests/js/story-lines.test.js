// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { MOST_LINES } from "../../static/js/log-lines.js";
import { asItWas } from "../../static/js/replay.js";
import { StoryLines } from "../../static/js/story-lines.js";

/** @typedef {any} Any */

/** @param {Any[]} steps @param {Any[]} lines @returns {StoryLines} */
function story(steps, lines) {
  const made = new StoryLines();
  made.append(lines);
  made.take(/** @type {Any} */ ({ task_id: "a", offset: "1", ...Object.fromEntries(steps.map((step, slot) => [`step${slot}`, { attempt: 1, ...step }])) }));
  return made;
}

/** @param {StoryLines} lines */
const rowsOf = (lines) => lines.between(0, lines.length).map(({ entry, at }) => entry.rows[at].map(({ text }) => text).join(""));

const STEPS = [
  { n: 0, at: 10, kind: "sent", queue: "celery" },
  { n: 1, at: 11, kind: "started", worker: "w", run: "r", lines: 0 },
  { n: 2, at: 12, kind: "reported", current: 1, total: 4, note: "one", run: "r", lines: 1 },
  { n: 3, at: 13, kind: "retried", note: "no luck", run: "r", lines: 2 },
  { n: 4, at: 14, kind: "started", attempt: 2, worker: "v", run: "s", lines: 0 },
  { n: 5, at: 15, kind: "ended", attempt: 2, state: "SUCCESS", summary: "done", run: "s", lines: 1 },
];
const LINES = /** @type {Any[]} */ ([
  { id: "0000000020000000-0000", at: 99, run: "r", number: 1, text: "first" },
  { id: "0000000020000000-0001", at: 99, run: "r", number: 2, text: "second" },
  { id: "0000000021000000-0000", at: 1, run: "s", number: 1, text: "a mail", logger: "pushboard.mail" },
]);

test("steps and lines stand on rows, and each kind can be left away", () => {
  const lines = story(STEPS, LINES);
  assert.deepEqual(lines.moments.map(({ kind, words }) => `${kind}: ${words}`), [
    "state: Queued in celery",
    "attempt: Attempt 1 started: on w",
    "line: first",
    "progress: First report: 1 of 4 · one",
    "line: second",
    "retry: Attempt 1 failed: no luck",
    "attempt: Attempt 2 started: on v",
    "mail: a mail",
    "state: Succeeded: done",
  ]);
  lines.hidden.add("line");
  lines.arrange();
  assert.equal(lines.moments.length, 7);
  assert.ok(lines.kinds.has("line"), "it can be had back");
});

test("a place in the story stays where it is while the story grows, and what is later is dimmed", () => {
  const lines = story(STEPS.slice(0, 4), LINES.slice(0, 1));
  lines.upTo = 3;
  assert.equal(lines.moments[2].words, "first");
  lines.take(/** @type {Any} */ ({ ...Object.fromEntries(STEPS.map((step, slot) => [`step${slot}`, { attempt: 1, ...step }])) }));
  lines.append(LINES.slice(1));
  assert.equal(lines.upTo, 3);
  assert.deepEqual(lines.moments.map(({ later }) => later), [false, false, false, true, true, true, true, true, true]);
  lines.hidden.add("line");
  lines.arrange();
  assert.equal(lines.upTo, 2, "what was before it");
  lines.upTo = null;
  assert.ok(lines.moments.every(({ later }) => !later));
});

test("a place whose line has gone for newer ones is the step before it, and not the beginning", () => {
  const line = (/** @type {number} */ number) => ({ id: `${String(20_000_000 + number).padStart(16, "0")}-0000`, at: 12, run: "r", number, text: `line ${number}` });
  const many = (/** @type {number} */ from, /** @type {number} */ length) => /** @type {Any[]} */ (Array.from({ length }, (_, at) => line(from + at)));
  const lines = story(STEPS.slice(0, 3), many(1, MOST_LINES));
  lines.upTo = 5;
  assert.equal(lines.moments[4].words, "line 2", "void: it is another place");
  lines.append(many(MOST_LINES + 1, 100));
  assert.ok(lines.rowOf(line(2).id) < 0, "void: the line is still here");
  assert.equal(lines.moments[(lines.upTo ?? 0) - 1].words, "First report: 1 of 4 · one");
});

test("where lines are kept that are not here, it is said", () => {
  const lines = story(STEPS, LINES);
  lines.hasOlder = () => true;
  lines.hasNewer = () => true;
  lines.arrange();
  const rows = rowsOf(lines);
  assert.equal(rows[rows.indexOf("first") - 1], "Earlier log lines are kept");
  assert.equal(rows[rows.indexOf("a mail") + 1], "Later log lines are kept");
  assert.equal(lines.moments.length, 9, "one cannot go back to what only says so");
});

test("what was dropped stands where the run had logged it", () => {
  const lost = /** @type {Any} */ ({ id: "0000000099000000-0000", at: 99, run: "r", number: 1_000, worker: "w", pid: 1, dropped: 998 });
  const lines = story(STEPS.map((step) => (step.kind === "retried" ? { ...step, lines: 1_000 } : step)), [...LINES, lost]);
  const words = lines.moments.map(({ words }) => words);
  assert.match(words[words.indexOf("Attempt 1 failed: no luck") - 1], /998 lines dropped here/);
});

test("it is said how many steps are left out", () => {
  const steps = [{ n: 0, at: 1, kind: "sent" }, { n: 1, at: 2, kind: "started" }, { n: 9, at: 3, kind: "started" }];
  const lines = story(steps, []);
  assert.match(rowsOf(lines)[2], /^7 steps are left out here/);
  assert.deepEqual(lines.moments.map((moment) => lines.isUnsure(moment)), [false, true, false], "what it was there is not all known");
});

test("a task is shown as it was", () => {
  const row = /** @type {Any} */ ({ task_id: "a", offset: "9", state: "SUCCESS", attempt: 2, current: 4, total: 4, result: [1], name: "shop.pack", ended_at: 15 });
  const then = STEPS.map((_, at) => asItWas(row, /** @type {Any[]} */ (STEPS.slice(0, at + 1).map((step) => ({ attempt: 1, ...step })))));
  assert.deepEqual(then.map(({ state, attempt }) => `${state} ${attempt}`), ["PENDING 0", "STARTED 1", "PROGRESS 1", "RETRY 1", "STARTED 2", "SUCCESS 2"]);
  assert.deepEqual([then[2].current, then[2].total, then[2].note], [1, 4, "one"]);
  assert.deepEqual([then[4].current, then[4].note], [undefined, undefined], "a new attempt begins with a clean slate");
  assert.equal(then[3].result, undefined, "it did not know yet what would come out");
  assert.deepEqual([then[5].result, then[5].summary, then[5].ended_at], [[1], "done", 15]);
});

test("before a worker took it nobody is said to run it, and each attempt has its own", () => {
  const row = /** @type {Any} */ ({ task_id: "a", offset: "9", state: "SUCCESS", attempt: 2, worker: "v" });
  const then = STEPS.map((_, at) => asItWas(row, /** @type {Any[]} */ (STEPS.slice(0, at + 1).map((step) => ({ attempt: 1, ...step })))));
  assert.deepEqual(then.map(({ worker }) => worker), [undefined, "w", "w", "w", "v", "v"]);
});

test("of an attempt whose start is not kept nothing of an earlier one is shown", () => {
  const row = /** @type {Any} */ ({ task_id: "a", offset: "9", state: "SUCCESS", attempt: 9 });
  const steps = /** @type {Any[]} */ ([...STEPS.slice(0, 3).map((step) => ({ attempt: 1, ...step })), { n: 70, at: 90, attempt: 9, kind: "asked", action: "stop" }]);
  const then = asItWas(row, steps);
  assert.deepEqual([then.state, then.attempt, then.worker, then.started_at, then.current, then.note], ["STARTED", 9, undefined, undefined, undefined, undefined]);
  assert.equal(asItWas(row, [...steps, /** @type {Any} */ ({ n: 71, at: 91, attempt: 9, kind: "quarter", current: 2, total: 4 })]).current, 2);
});

test("a state of the task's own is shown as that", () => {
  const row = /** @type {Any} */ ({ task_id: "a", offset: "9", state: "PACKING", attempt: 1 });
  assert.equal(asItWas(row, /** @type {Any[]} */ ([{ n: 0, at: 1, attempt: 1, kind: "reported", state: "PACKING" }])).state, "PACKING");
});
