// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { asItWas } from "../../static/js/replay.js";
import { leftOut, stepsOf } from "../../static/js/steps.js";
import { between } from "../../static/js/story.js";
import { StoryLines } from "../../static/js/story-lines.js";

/** @typedef {any} Any */

/** The same numbers each time. @param {number} seed */
function random(seed) {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

/** @param {number} below @param {() => number} chance */
const upTo = (below, chance) => Math.floor(chance() * below);

/** @template T @param {T[]} all @param {() => number} chance @returns {T[]} */
function shuffled(all, chance) {
  const left = [...all];
  return all.map(() => left.splice(upTo(left.length, chance), 1)[0]);
}

/**
 * A task that does something again and again in some attempts, each in a process whose clock is wrong; what it logs and
 * what it tells are on their way for as long as Redis is away.
 * @param {number} seed
 */
function simulated(seed) {
  const chance = random(seed);
  /** @type {string[]} */ const did = [];
  /** @type {Any[]} */ const steps = [];
  /** @type {Any[]} */ const lines = [];
  let now = 1000;
  let told = now; // Redis' clock at the newest step
  let shipped = 1_000_000_000;
  const step = (/** @type {Any} */ fields) => {
    told = Math.max(told, now + (chance() < 0.1 ? 5 : chance() / 100));
    did.push(`step ${steps.length}`);
    steps.push({ n: steps.length, at: told, ...fields });
  };
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const [run, skew] = [`run${attempt}`, (chance() - 0.5) * 6];
    let number = 0;
    step({ kind: "started", attempt, run, lines: 0 });
    for (let act = 0; act < 60; act += 1) {
      now += chance() / 1000;
      if (chance() < 0.85) {
        number += 1;
        shipped += upTo(3, chance);
        did.push(`${run} ${number}`);
        lines.push({ id: `${String(shipped + 900_000_000_000).padStart(16, "0")}-${String(number).padStart(4, "0")}`, at: now + skew, run, number, worker: "w", pid: attempt, process: "p", text: `${run} ${number}` });
      } else step({ kind: "quarter", attempt, run, lines: number });
    }
    step({ kind: attempt < 3 ? "retried" : "ended", state: "SUCCESS", attempt, run, lines: number });
  }
  return { did, steps, lines, chance };
}

/** @param {Any[]} steps @param {Any[]} lines */
function told(steps, lines) {
  const slots = between(steps, lines);
  return slots.flatMap((slot, at) => [...slot.map(({ text }) => String(text)), ...(steps[at] ? [`step ${steps[at].n}`] : [])]);
}

test("whatever the clocks and the delays, the story is told in the order in which the task did it", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const { did, steps, lines } = simulated(seed);
    const byTime = [...lines, ...steps].sort((a, b) => a.at - b.at).map((one) => one.text ?? `step ${one.n}`);
    assert.notDeepEqual(byTime, did, "void: their times alone would do");
    assert.deepEqual(told(steps, lines), did, `seed ${seed}`);
  }
});

test("in whichever order its parts arrive, it is the same story", () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const { did, steps, lines, chance } = simulated(seed);
    const row = /** @type {Any} */ ({ task_id: "a", offset: "1", state: "SUCCESS", ...Object.fromEntries(shuffled(steps.slice(0, 60), chance).map((step, slot) => [`step${slot}`, step])) });
    const of = stepsOf(row);
    assert.equal(of.length, Math.min(60, steps.length));
    assert.deepEqual(told(steps, shuffled(lines, chance)), did);
  }
});

test("lines that others logged stand where their time is, and never after they were shipped", () => {
  const steps = /** @type {Any[]} */ ([{ n: 0, at: 10 }, { n: 1, at: 20 }, { n: 2, at: 30 }]);
  const line = (/** @type {number} */ at, /** @type {number} */ shipped, /** @type {string} */ text) => /** @type {Any} */ ({ id: `${String(shipped * 1e6).padStart(16, "0")}-0000`, at, worker: "main", pid: 1, text });
  assert.deepEqual(told(steps, [line(35, 36, "last"), line(5, 6, "first"), line(99, 15, "ahead of its time")]), ["first", "step 0", "ahead of its time", "step 1", "step 2", "last"]);
});

test("the sending comes first, and the taking before the start, also if they were told of last", () => {
  const row = (/** @type {Any[]} */ ...steps) => /** @type {Any} */ ({ task_id: "a", offset: "1", ...Object.fromEntries(steps.map((step, n) => [`step${n}`, { n, attempt: 1, ...step }])) });
  const kinds = (/** @type {Any} */ one) => stepsOf(one).map(({ kind }) => kind);
  assert.deepEqual(kinds(row({ kind: "started", at: 11 }, { kind: "reported", at: 12 }, { kind: "sent", at: 10 }, { kind: "received", at: 11 }, { kind: "ended", at: 13 })), ["sent", "received", "started", "reported", "ended"]);
  assert.deepEqual(kinds(row({ kind: "started", at: 11 }, { kind: "ended", at: 5 })), ["started", "ended"], "Redis' clock was set back");
});

test("it is said how many steps are left out, and where", () => {
  const steps = /** @type {Any[]} */ ([{ n: 0, at: 1, kind: "sent" }, { n: 1, at: 2, kind: "started" }, { n: 9, at: 3, kind: "started" }, { n: 10, at: 4, kind: "ended", state: "SUCCESS" }]);
  assert.deepEqual(leftOut(steps), { count: 7, before: 9 });
  assert.equal(leftOut(steps.slice(0, 2)).count, 0);
  assert.match(rowsOf(story(steps, []))[2], /^7 steps are left out here/);
});

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

test("a task is shown as it was", () => {
  const row = /** @type {Any} */ ({ task_id: "a", offset: "9", state: "SUCCESS", attempt: 2, current: 4, total: 4, result: [1], name: "shop.pack", ended_at: 15 });
  const then = STEPS.map((_, at) => asItWas(row, /** @type {Any[]} */ (STEPS.slice(0, at + 1).map((step) => ({ attempt: 1, ...step })))));
  assert.deepEqual(then.map(({ state, attempt }) => `${state} ${attempt}`), ["PENDING 0", "STARTED 1", "PROGRESS 1", "RETRY 1", "STARTED 2", "SUCCESS 2"]);
  assert.deepEqual([then[2].current, then[2].total, then[2].note], [1, 4, "one"]);
  assert.deepEqual([then[4].current, then[4].note], [undefined, undefined], "a new attempt begins with a clean slate");
  assert.equal(then[3].result, undefined, "it did not know yet what would come out");
  assert.deepEqual([then[5].result, then[5].summary, then[5].ended_at], [[1], "done", 15]);
});

test("a state of the task's own is shown as that", () => {
  const row = /** @type {Any} */ ({ task_id: "a", offset: "9", state: "PACKING", attempt: 1 });
  assert.equal(asItWas(row, /** @type {Any[]} */ ([{ n: 0, at: 1, attempt: 1, kind: "reported", state: "PACKING" }])).state, "PACKING");
});
