import assert from "node:assert/strict";
import { test } from "node:test";

import { mailingRefusals, mailingWords } from "../../static/js/mailing-words.js";
import { milestone } from "../../static/js/milestones.js";
import { progressWords } from "../../static/js/progress-words.js";
import { standingOf } from "../../static/js/standing.js";
import { countGroups, groupOf, isFinal, wordOf } from "../../static/js/states.js";
import { tabIcon, tabTitle } from "../../static/js/tab-progress.js";
import { ListPart, steadyWindow, windowOf } from "../../static/js/task-list.js";

const row = (fields) => ({ task_id: "a", offset: "1", name: "demo.long_task", ...fields });

test("every state has a group and a word; a custom state runs under its own name", () => {
  assert.equal(groupOf("REJECTED"), "failed");
  assert.equal(wordOf("LOST"), "Lost");
  assert.equal(wordOf("RECEIVED"), "Queued");
  assert.equal(groupOf("COMPRESSING"), "running");
  assert.equal(wordOf("COMPRESSING"), "COMPRESSING");
  assert.equal(groupOf("__proto__"), "running");
  assert.ok(isFinal("LOST") && isFinal("REVOKED") && !isFinal("RETRY"));
});

test("the tabs' counters add up the states of each group", () => {
  const groups = countGroups({ STARTED: 2, PROGRESS: 3, LOST: 1, FAILURE: 4 });
  assert.equal(groups.get("running"), 5);
  assert.equal(groups.get("failed"), 5);
  assert.equal(groups.get("all"), 10);
});

test("a part of the list knows its places, and what is not here", () => {
  const part = new ListPart(["a", "b", "c"], 10, 100);
  assert.deepEqual([part.idAt(10), part.idAt(12), part.idAt(9), part.idAt(13)], ["a", "c", undefined, undefined]);
  assert.equal(part.placeOf("b"), 11);
  assert.deepEqual(part.between(5, 12), ["a", "b"]);
  assert.deepEqual(part.between(0, 9), []);
});

test("the window holds the rows in view and some to spare, never more than there are", () => {
  assert.deepEqual(windowOf(0, 520, 52, 1000), [0, 14]);
  assert.deepEqual(windowOf(5200, 520, 52, 1000), [96, 114]);
  assert.deepEqual(windowOf(-900, 520, 52, 1000), [0, 0]);
  assert.deepEqual(windowOf(90000, 520, 52, 10), [10, 10]);
  assert.deepEqual(windowOf(0, 520, 52, 0), [0, 0]);
});

test("the window of a reader who scrolls moves now and then, ahead of the reader, and always has what is seen", () => {
  /** @type {[number, number]} */ let before = [0, 0];
  let moves = 0;
  const scroll = (/** @type {number} */ top) => {
    const now = steadyWindow(before, top, 520, 52, 1000);
    moves += now === before ? 0 : 1;
    before = now;
    assert.ok(now[0] <= Math.max(0, top / 52 - 2) && now[1] >= Math.min(1000, (top + 520) / 52 + 2), `${top}: ${now}`);
    assert.ok(now[1] - now[0] <= 26, `${top}: ${now}`);
  };
  for (let top = 0; top <= 5200; top += 13) scroll(top);
  assert.ok(moves >= 10 && moves <= 15, `${moves} times for 100 rows downwards`);
  for (let top = 5200; top >= 0; top -= 13) scroll(top);
  assert.ok(moves >= 20 && moves <= 30, `${moves} times for 100 rows both ways`);
  for (const top of [40_000, 51_480, 300, 20_000]) scroll(top);
  assert.deepEqual(steadyWindow(before, 0, 520, 52, 5), [0, 5], "a list that has become short");
  assert.deepEqual(steadyWindow([0, 5], 0, 520, 52, 0), [0, 0]);
});

test("one line says where a task is", () => {
  assert.equal(progressWords(row({ state: "PENDING", queue: "celery" }), 0), "Waiting in celery");
  assert.equal(progressWords(row({ state: "PENDING", eta: 160 }), 100), "Starts in 1:00");
  assert.equal(progressWords(row({ state: "PROGRESS", current: 3, total: 9, progress_at: 0 }), 1), "3 of 9");
  assert.equal(progressWords(row({ state: "PROGRESS", current: 3, note: "Packing", progress_at: 0 }), 125), "Stalled: no report for 2 min 5 s · Packing");
  assert.equal(progressWords(row({ state: "FAILURE", summary: "ValueError: no\nway" }), 0), "ValueError: no way");
  assert.equal(progressWords(row({ state: "SUCCESS", note: "390 sent" }), 0), "390 sent");
});

test("a screen reader hears milestones, not ticks", () => {
  const at = (current, more) => row({ state: "PROGRESS", attempt: 1, current, total: 100, ...more });
  assert.equal(milestone(undefined, at(1)), "");
  assert.equal(milestone(row({ state: "PENDING", attempt: 0 }), at(0)), "long_task started");
  assert.equal(milestone(at(20), at(24)), "");
  assert.equal(milestone(at(24), at(26)), "long_task: 25 percent");
  assert.equal(milestone(at(90), row({ state: "SUCCESS", summary: "42" })), "long_task succeeded: 42");
  assert.equal(milestone(row({ state: "SUCCESS" }), row({ state: "SUCCESS" })), "");
});

test("the tab's title and icon show how far the task is", () => {
  const half = row({ state: "PROGRESS", current: 5, total: 10 });
  assert.equal(tabTitle(half), "50% · long_task · Pushboard");
  assert.equal(tabIcon(half), "tab-4.svg");
  assert.equal(tabTitle(row({ state: "FAILURE" })), "Failed · long_task · Pushboard");
  assert.equal(tabIcon(row({ state: "FAILURE" })), "tab-failed.svg");
});

test("a mailing's result is said in words, any other is not", () => {
  const result = { sent: 1480, refused: 2, not_known: 0, refused_examples: [{ line: 3, email: "bob@example.com", reason: "550 no" }] };
  assert.equal(mailingWords(row({ name: "mail.send_mailing", result })), "1,480 sent, 2 refused, 0 not known");
  assert.equal(mailingRefusals(row({ name: "mail.send_mailing", result })), "Line 3: bob@example.com: 550 no");
  assert.equal(mailingWords(row({ result })), "");
});

test("a page without a connection is reconnecting, after five seconds offline", () => {
  assert.equal(standingOf(null, 9000), "live");
  assert.equal(standingOf(1000, 5999), "reconnecting");
  assert.equal(standingOf(1000, 6000), "offline");
});
