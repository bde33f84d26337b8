import assert from "node:assert/strict";
import { test } from "node:test";

import { stepsOf, timeline } from "../../static/js/timeline.js";

const row = (steps, fields) => ({
  ...{ task_id: "a", offset: "1", state: "SUCCESS" },
  ...Object.fromEntries(steps.map((step, slot) => [`step${step.slot ?? slot}`, { n: slot, attempt: 1, at: 10 + slot, ...step }])),
  ...fields,
});

test("each step has its words, its reason and how long after the one before it was", () => {
  const moments = timeline(
    row([
      { kind: "sent", queue: "celery", at: 10 },
      { kind: "received", worker: "w1", at: 12 },
      { kind: "started", worker: "w1", at: 13 },
      { kind: "reported", current: 1, total: 10, note: "first", at: 14 },
      { kind: "quarter", current: 5, total: 10, note: "half", at: 15 },
      { kind: "retried", note: "gateway\ntimeout", eta: 26, at: 16 },
      { kind: "started", attempt: 2, worker: "w2", at: 26 },
      { kind: "ended", attempt: 2, state: "FAILURE", summary: "ValueError: no", at: 30 },
    ]),
  );
  assert.deepEqual(moments.map(({ text, detail, after }) => [text, detail, after]), [
    ["Queued in celery", "", null],
    ["Received by w1", "", 2],
    ["Attempt 1 started", "on w1", 1],
    ["First report", "1 of 10 · first", 1],
    ["50% reported", "5 of 10 · half", 1],
    ["Attempt 1 failed", "gateway timeout · again after 10 s", 1],
    ["Attempt 2 started", "on w2", 10],
    ["Failed", "ValueError: no", 4],
  ]);
  assert.equal(moments[7].group, "failed");
});

test("the sending comes first, also if it was told of last", () => {
  const steps = stepsOf(row([{ kind: "started" }, { kind: "sent" }, { kind: "ended" }]));
  assert.deepEqual(steps.map((step) => step.kind), ["sent", "started", "ended"]);
});

test("it is said how many steps are left out, and where", () => {
  const moments = timeline(row([{ kind: "sent" }, { kind: "started" }, { kind: "started", n: 9, attempt: 5 }, { kind: "ended", n: 10, state: "SUCCESS" }]));
  assert.deepEqual(moments.map((moment) => moment.text), ["Queued", "Attempt 1 started", "7 steps are left out here", "Attempt 5 started", "Succeeded"]);
  assert.equal(moments[2].at, null);
  assert.equal(moments[3].after, 1, "counted from the last step that is shown");
});

test("the newest report of a running task closes its timeline; a final state does", () => {
  const running = row([{ kind: "started", at: 10 }], { state: "PROGRESS", progress_at: 12, note: "now" });
  assert.deepEqual(timeline(running).map((moment) => moment.text), ["Attempt 1 started", "Last report"]);
  assert.equal(timeline({ ...running, state: "SUCCESS" }).length, 1);
  assert.equal(timeline({ ...running, progress_at: 10 }).length, 1, "the first report is a step already");
});

test("lost, superseded, asked and done are told as what they are", () => {
  const texts = timeline(
    row([
      { kind: "put-back", note: "Its worker vanished; it runs again" },
      { kind: "started", attempt: 2, overtakes: 1 },
      { kind: "asked", action: "force", by: "ada" },
      { kind: "seen", action: "force" },
      { kind: "told", action: "force", outcome: "refused", why: "It ended before" },
      { kind: "ended", state: "LOST", summary: "gone" },
    ]),
  ).map(({ text, detail }) => `${text}: ${detail}`);
  assert.deepEqual(texts, [
    "Attempt 1 was lost: Its worker vanished; it runs again",
    "Attempt 2 started: attempt 1 had not ended: it is superseded",
    "Asked to stop by force: by ada",
    "Its worker knows of it: ",
    "What was asked was not done: It ended before",
    "Lost: gone",
  ]);
});

test("what is no step is none", () => {
  assert.deepEqual(timeline({ task_id: "a", offset: "1", step0: "x", step1: { n: "0", at: 1 }, step2: null }), []);
});
