import assert from "node:assert/strict";
import { test } from "node:test";

import { EVERYTHING, filterCount, forServer, isCounted, isTabAlone, matches, read, write } from "../../static/js/task-query.js";

const asked = (given) => ({ ...EVERYTHING, ...given });
const row = (given) => ({ task_id: "T-1", offset: "0000000000000009", heard: "0000001000000000", state: "PROGRESS", ...given });

test("an address says what is asked, and reading it gives the same question", () => {
  const question = asked({ state: "failed", name: "shop.a&b", q: "50 % +x", since: "1763852000.25", order: "oldest" });
  assert.deepEqual(read(write(question)), question);
  assert.equal(write(EVERYTHING), "");
  assert.deepEqual(read(""), EVERYTHING);
});

test("what an address cannot ask for is not asked for", () => {
  const odd = "?state=done&order=random&since=yesterday&until=-1&colour=red&queue=&__proto__=x&q=" + "x".repeat(201);
  assert.deepEqual(read(odd), EVERYTHING);
  assert.equal(read("?since=1e99").since, "");
  assert.equal(read("?until=999999999999").until, "");
});

test("the server is asked in the list's order, or backwards from a row", () => {
  assert.equal(forServer(EVERYTHING, { most: 200 }), "?most=200");
  assert.equal(forServer(asked({ order: "oldest", queue: "q" }), { after: "17", most: 9 }), "?queue=q&order=oldest&after=17&most=9");
  assert.equal(forServer(asked({ order: "oldest" }), { after: "17", backwards: true, most: 9 }), "?after=17&most=9");
  assert.equal(forServer(asked({ state: "failed" }), { after: "17", backwards: true, most: 9 }), "?state=failed&order=oldest&after=17&most=9");
  assert.equal(forServer(EVERYTHING, { skip: 400, most: 9 }), "?skip=400&most=9");
});

test("places are known for one filter at most, and the counters tell the total of a tab alone", () => {
  assert.ok(isCounted(asked({ worker: "w", since: "5" })) && !isCounted(asked({ worker: "w", state: "failed" })));
  assert.ok(!isCounted(asked({ q: "x" })));
  assert.ok(isTabAlone(asked({ state: "failed", order: "oldest" })) && !isTabAlone(asked({ until: "5" })));
  assert.equal(filterCount(asked({ state: "failed", q: "x", order: "oldest", queue: "q", since: "1" })), 2);
});

test("a row is in the list if it is all that is asked for", () => {
  assert.equal(matches(asked({ state: "running" }), row({})), true);
  assert.equal(matches(asked({ state: "running" }), row({ state: "COMPRESSING" })), true);
  assert.equal(matches(asked({ state: "running" }), row({ state: "SUCCESS" })), false);
  assert.equal(matches(asked({ queue: "fast", worker: "w1" }), row({ queue: "fast", worker: "w1" })), true);
  assert.equal(matches(asked({ queue: "fast", worker: "w1" }), row({ queue: "fast" })), false);
  assert.equal(matches(asked({ since: "1000", until: "1000" }), row({})), true);
  assert.equal(matches(asked({ since: "1000.5" }), row({})), false);
  assert.equal(matches(asked({ until: "999.5" }), row({})), false);
});

test("a text is looked for as the server does, and what may be in the arguments is not decided here", () => {
  for (const q of ["t-1", "PACK", 'the "blue', "a\\b", "ÄPFEL"]) {
    assert.equal(matches(asked({ q }), row({ name: "shop.pack", note: 'the "Blue" a\\b ÄPFEL' })), true, q);
  }
  assert.equal(matches(asked({ q: "äpfel" }), row({ note: "ÄPFEL" })), null);
  assert.equal(matches(asked({ q: "order 7" }), row({})), null);
  assert.equal(matches(asked({ q: "order 7", state: "failed" }), row({})), false);
});
