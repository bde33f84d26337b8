import assert from "node:assert/strict";
import { test } from "node:test";

import { Subscription } from "../../static/js/subscription.js";
import { TaskPager } from "../../static/js/task-pager.js";
import { EVERYTHING } from "../../static/js/task-query.js";
import { Room } from "../../static/js/task-store.js";
import { SimulatedList } from "./simulated-list.js";
import { random } from "./simulated-server.js";

const QUESTIONS = [
  {},
  { state: "running" },
  { state: "failed", order: "oldest" },
  { order: "oldest" },
  { queue: "slow" },
  { queue: "fast", name: "shop.send" },
  { worker: "w2", state: "queued" },
  { q: "alpha" },
  { q: "beta", state: "succeeded" },
].map((asked) => ({ ...EVERYTHING, ...asked }));

const turn = () => new Promise((done) => setImmediate(done));

/** A page on a line where anything may happen; what it shows is as wide as a window of 20 rows. */
function page(seed, tasks) {
  const server = new SimulatedList(random(seed), tasks);
  const room = new Room("board");
  const subscription = new Subscription(room, server.line());
  server.attach(subscription);
  const pauses = [];
  const line = { ask: (search) => server.ask(search), later: (run) => pauses.push(run), changed: () => undefined };
  return { server, room, pauses, pager: new TaskPager(room, line), top: 0 };
}

async function scroll(it, top) {
  it.top = Math.max(0, Math.min(top, it.pager.pages.length - 20));
  it.pager.look(it.top, it.top + 20);
  await turn();
}

async function settle(it) {
  await it.server.settle();
  for (let round = 0; round < 120; round += 1) {
    it.pauses.splice(0).forEach((run) => run());
    it.server.http(true);
    await turn();
    if (round % 10 === 0) await scroll(it, it.top);
  }
}

function assertExact(it, label) {
  const { pages } = it.pager;
  const truth = it.server.answer(pages.question);
  const ids = truth.map((row) => row.task_id);
  const shown = pages.ids.slice(Math.max(0, it.top - pages.first), it.top + 20 - pages.first);
  const from = shown.length ? ids.indexOf(shown[0]) : it.top;
  assert.deepEqual(shown, ids.slice(from, from + shown.length), label);
  assert.equal(shown.length, Math.min(20, truth.length - Math.min(it.top, truth.length)), `${label}: rows are missing`);
  for (const id of shown) assert.deepEqual({ ...pages.rows.get(id) }, { ...it.server.table.get(id) }, label);
  if (pages.end === null) assert.equal(pages.length, truth.length, `${label}: another length`);
  if (pages.start === null) assert.equal(from, it.top, `${label}: another place`);
}

test("whatever is dropped, late, cut or restarted, the rows that are looked at end exactly as the table", async () => {
  for (let seed = 1; seed <= 90; seed += 1) {
    const it = page(seed, 900);
    const chance = random(seed + 1000);
    const question = QUESTIONS[seed % QUESTIONS.length];
    it.pager.put(question);
    for (let step = 0; step < 250; step += 1) {
      await it.server.step();
      if (chance() < 0.3) it.server.http();
      if (chance() < 0.1) it.pauses.shift()?.();
      if (chance() < 0.05) await scroll(it, Math.floor(chance() * it.pager.pages.length));
    }
    await settle(it);
    assertExact(it, `seed ${seed} ${JSON.stringify(question)} at ${it.top}`);
  }
});
