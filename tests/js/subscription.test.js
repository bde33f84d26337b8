import assert from "node:assert/strict";
import { test } from "node:test";

import { Subscription } from "../../static/js/subscription.js";
import { Room } from "../../static/js/task-store.js";
import { SimulatedServer, random } from "./simulated-server.js";

/** A line whose answers and pauses the test gives by hand. */
function line() {
  const asked = [];
  const pauses = [];
  return {
    asked,
    pauses,
    ask: (request) => new Promise((answer, fail) => asked.push({ request, answer, fail })),
    later: (run, ms) => pauses.push({ run, ms }),
    changed: () => undefined,
  };
}

const settled = () => new Promise((done) => setImmediate(done));
const answer = (offset, more) => ({ room: "board", epoch: "e", offset, recovered: true, rows: [], ...more });
const gap = { room: "board", epoch: "e", prev: "9", offset: "91", rows: [] };

async function subscribed() {
  const wire = line();
  const subscription = new Subscription(new Room("board"), wire);
  subscription.connected();
  wire.asked[0].answer(answer("1"));
  await settled();
  return { wire, subscription };
}

test("it is caught up once the answer is applied", async () => {
  const { subscription } = await subscribed();
  assert.equal(subscription.caughtUp, true);
  subscription.disconnected();
  assert.equal(subscription.caughtUp, false);
});

test("after a reconnection it asks again, for what came after the offset held", async () => {
  const { wire, subscription } = await subscribed();
  subscription.disconnected();
  subscription.connected();
  assert.deepEqual(wire.asked[1].request, { room: "board", epoch: "e", offset: "1" });
});

test("many gaps at once are one subscribe", async () => {
  const { wire, subscription } = await subscribed();
  subscription.frame(gap);
  subscription.frame(gap);
  wire.pauses[0].run();
  subscription.frame(gap);
  assert.equal(wire.pauses.length, 1);
  assert.equal(wire.pauses[0].ms, 0);
  assert.equal(wire.asked.length, 2);
});

test("a gap while a subscribe is under way is healed by one more after it", async () => {
  const { wire, subscription } = await subscribed();
  subscription.disconnected();
  subscription.connected();
  subscription.frame(gap);
  wire.asked[1].answer(answer("5"));
  await settled();
  assert.equal(subscription.caughtUp, false);
  wire.pauses.at(-1).run();
  wire.asked[2].answer(answer("91"));
  await settled();
  assert.equal(subscription.caughtUp, true);
});

test("what is unavailable is asked again, less and less often, up to two seconds apart", async () => {
  const wire = line();
  new Subscription(new Room("board"), wire).connected();
  for (let i = 0; i < 12; i += 1) {
    wire.asked[i].answer({ error: { code: "unavailable", message: "" } });
    await settled();
    wire.pauses[i].run();
  }
  assert.equal(wire.pauses[0].ms, 0);
  assert.ok(wire.pauses[2].ms >= 100 && wire.pauses.every((pause) => pause.ms <= 2000));
  assert.ok(wire.pauses.at(-1).ms >= 1000);
});

test("a refusal that will stay one is shown and not repeated", async () => {
  const wire = line();
  const subscription = new Subscription(new Room("task:x"), wire);
  subscription.connected();
  wire.asked[0].answer({ error: { code: "unknown_task", message: "No such task." } });
  await settled();
  assert.equal(subscription.refusal?.code, "unknown_task");
  assert.equal(wire.pauses.length + wire.asked.length, 1);
});

test("an answer that never comes is asked for again", async () => {
  const wire = line();
  new Subscription(new Room("board"), wire).connected();
  wire.asked[0].fail(new Error("timed out"));
  await settled();
  wire.pauses[0].run();
  assert.equal(wire.asked.length, 2);
});

test("the late answer of an earlier connection changes nothing", async () => {
  const wire = line();
  const subscription = new Subscription(new Room("board"), wire);
  subscription.connected();
  subscription.disconnected();
  subscription.connected();
  wire.asked[0].answer(answer("1"));
  await settled();
  assert.equal(subscription.caughtUp, false);
  assert.equal(subscription.room.offset, null);
});

test("whatever is dropped, late, cut or restarted, the store ends exactly as the table", async () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const server = new SimulatedServer(random(seed));
    const room = new Room("board");
    const subscription = new Subscription(room, server.line());
    server.attach(subscription);
    for (let step = 0; step < 250; step += 1) await server.step();
    await server.settle();
    assert.ok(subscription.caughtUp, `seed ${seed}: never caught up`);
    assert.deepEqual(plain(room.rows), plain(server.table), `seed ${seed}`);
  }
});

/** @param {Map<string, object>} rows */
function plain(rows) {
  return [...rows].map(([id, row]) => [id, { ...row }]).sort(([a], [b]) => (a < b ? -1 : 1));
}

test("a task that is not known any longer is asked for again only when it is told of", async () => {
  const { wire, subscription } = await subscribed();
  subscription.frame(gap);
  wire.pauses[0].run();
  wire.asked[1].answer({ error: { code: "unknown_task", message: "no" } });
  await settled();
  assert.equal(wire.pauses.length, 1);
  assert.equal(subscription.refusal.code, "unknown_task");
  subscription.frame({ ...gap, epoch: "f" });
  wire.pauses[1].run();
  assert.equal(wire.asked[2].request.epoch, "e");
  wire.asked[2].answer(answer("92", { epoch: "f", recovered: false }));
  await settled();
  assert.equal(subscription.refusal, null);
  assert.equal(subscription.caughtUp, true);
});
