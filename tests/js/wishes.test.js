import assert from "node:assert/strict";
import { test } from "node:test";

import { Wishes } from "../../static/js/wishes.js";
import { newStore } from "./simulated-store.js";

test("wishes are few, and old ones go", () => {
  let now = 1000;
  const store = newStore();
  const wishes = new Wishes(store, () => now);
  for (let task = 0; task < 25; task += 1, now += 1) wishes.want(`t${task}`, { notify: true });
  assert.deepEqual(wishes.tasks(), Array.from({ length: 20 }, (_, at) => `t${at + 5}`));
  wishes.want("t5", { email: "ada@example.com" });
  assert.deepEqual([wishes.of("t5").notify, wishes.tasks().length], [true, 20]);
  now += 8 * 24 * 3600 * 1000;
  assert.deepEqual(wishes.tasks(), []);
  wishes.want("t99", {});
  assert.equal(store.length, 1, "what is too old is not kept");
});

test("a browser keeps its name; one that keeps nothing has none, and no fault", () => {
  const store = newStore();
  const { browser } = new Wishes(store);
  assert.match(browser, /^[0-9a-f]{32}$/);
  assert.equal(new Wishes(store).browser, browser);
  const nowhere = new Wishes(null);
  nowhere.want("t1", { notify: true });
  assert.deepEqual([nowhere.browser, nowhere.of("t1"), nowhere.tasks()], ["", null, []]);
});
