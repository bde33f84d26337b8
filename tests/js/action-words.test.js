import assert from "node:assert/strict";
import { test } from "node:test";

import { actionWords, isAsked, whyNotAgain } from "../../static/js/action-words.js";

const row = (action, state = "PROGRESS") => ({ task_id: "a", offset: "1", state, action });

test("a receipt says what was asked, by whom, and when nobody answers", () => {
  const asked = { kind: "stop", state: "asked", asked_at: 100, by: { address: "10.0.0.7" } };
  assert.equal(actionWords(row(undefined), 100), "");
  assert.equal(actionWords(row(asked), 102), "Asked to stop, by 10.0.0.7");
  assert.equal(actionWords(row(asked), 104), "Asked to stop, by 10.0.0.7. No worker has answered yet");
  assert.match(actionWords(row({ ...asked, state: "seen" }), 104), /^The worker knows/);
  assert.equal(actionWords(row({ ...asked, state: "done" }), 104), "Stopped, by 10.0.0.7");
  assert.equal(actionWords(row({ kind: "stop", state: "refused", why: "It ended\nfirst" }), 104), "It ended first");
  assert.equal(actionWords(row({ kind: "__proto__", state: "done" }), 0), "Done");
});

test("it is asked until it has ended", () => {
  assert.ok(isAsked(row({ kind: "stop", state: "seen" })));
  assert.ok(!isAsked(row({ kind: "stop", state: "seen" }, "SUCCESS")));
  assert.ok(!isAsked(row({ kind: "rerun", state: "done" })));
});

test("why it is not run again is said when it has ended", () => {
  assert.equal(whyNotAgain(row(undefined)), "");
  assert.match(whyNotAgain(row(undefined, "SUCCESS")), /not known/);
  assert.equal(whyNotAgain({ ...row(undefined, "SUCCESS"), call: { text: "{}" } }), "");
});
