import assert from "node:assert/strict";
import { test } from "node:test";

import { kindOf, wordsOf } from "../../static/js/step-words.js";

const step = (fields) => ({ n: 0, attempt: 1, at: 10, ...fields });
const said = (steps) => steps.map((fields) => Object.values(wordsOf(step(fields))).slice(1));

test("each step has its words and its reason", () => {
  assert.deepEqual(
    said([
      { kind: "sent", queue: "celery" },
      { kind: "received", worker: "w1" },
      { kind: "started", worker: "w1" },
      { kind: "reported", current: 1, total: 10, note: "first" },
      { kind: "quarter", current: 5, total: 10, note: "half" },
      { kind: "retried", note: "gateway\ntimeout", eta: 20 },
      { kind: "ended", attempt: 2, state: "FAILURE", summary: "ValueError: no" },
    ]),
    [
      ["Queued in celery", ""],
      ["Received by w1", ""],
      ["Attempt 1 started", "on w1"],
      ["First report", "1 of 10 · first"],
      ["50% reported", "5 of 10 · half"],
      ["Attempt 1 failed", "gateway timeout · again after 10 s"],
      ["Failed", "ValueError: no"],
    ],
  );
  assert.equal(wordsOf(step({ kind: "ended", state: "FAILURE" })).group, "failed");
});

test("lost, superseded, asked and done are told as what they are", () => {
  assert.deepEqual(
    said([
      { kind: "put-back", note: "Its worker vanished; it runs again" },
      { kind: "started", attempt: 2, overtakes: 1 },
      { kind: "asked", action: "force", by: "ada" },
      { kind: "seen", action: "force" },
      { kind: "told", action: "force", outcome: "refused", why: "It ended before" },
      { kind: "ended", state: "LOST", summary: "gone" },
    ]),
    [
      ["Attempt 1 was lost", "Its worker vanished; it runs again"],
      ["Attempt 2 started", "attempt 1 had not ended: it is superseded"],
      ["Asked to stop by force", "by ada"],
      ["Its worker knows of it", ""],
      ["What was asked was not done", "It ended before"],
      ["Lost", "gone"],
    ],
  );
});

test("each step is of a kind", () => {
  const kinds = ["sent", "started", "ended", "reported", "quarter", "retried", "put-back", "asked", "seen", "told"].map((kind) => kindOf(step({ kind })));
  assert.deepEqual(kinds, ["state", "state", "state", "progress", "progress", "retry", "retry", "action", "action", "action"]);
});
