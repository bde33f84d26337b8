// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";

import { leftOut, stepsOf } from "../../static/js/steps.js";
import { between } from "../../static/js/story.js";

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
});
