import assert from "node:assert/strict";
import { test } from "node:test";

import { FleetRoom } from "../../static/js/fleet-store.js";
import * as words from "../../static/js/fleet-words.js";

const WORKER = { id: "worker:a", kind: "worker", name: "a", queues: [], running: [], memory: { main: null, pool: null }, standing: "online" };
const QUEUE = { id: "queue:q", kind: "queue", name: "q", workers: 0 };
const at = (number) => String(number).padStart(16, "0");
const answer = (rows, epoch = "e1") => ({ room: "workers", epoch, offset: at(1), recovered: false, now: 100, rows: rows.map((row) => ({ ...row, offset: at(1) })) });
const frame = (prev, offset, rows) => ({ room: "workers", epoch: "e1", prev: at(prev), offset: at(offset), now: 101, rows });

/** @param {object[]} rows */
function watched(...rows) {
  const room = new FleetRoom();
  room.hold();
  room.answer(answer(rows));
  return room;
}

test("what is not known is said to be unknown, and never to be 0", () => {
  assert.equal(words.slotWords(WORKER), "unknown busy, slots unknown");
  assert.equal(words.rateWords(WORKER), "rate unknown");
  assert.equal(words.memoryWords(WORKER), "unknown");
  assert.equal(words.standingWords(WORKER, 100), "Online");
  assert.equal(words.waitingWords(QUEUE), "unknown");
  assert.equal(words.ageWords({ ...QUEUE, waiting: 3 }, 100), "unknown");
  assert.equal(words.perMinute(QUEUE.came), "unknown");
  assert.equal(words.summaryWords([{ ...WORKER, slots: undefined }], [QUEUE]), "");
});

test("a worker's standing is said in words", () => {
  assert.equal(words.standingWords({ ...WORKER, started_at: 40 }, 100), "Up for 1 min");
  assert.equal(words.standingWords({ ...WORKER, standing: "offline", gone_since: 59 }, 100), "Offline for 41 s");
  assert.equal(words.standingWords({ ...WORKER, standing: "offline" }, 100), "Offline");
  assert.equal(words.standingWords({ ...WORKER, standing: "stopped", gone_since: 59 }, 100), "Stopped 41 s ago");
});

test("slots are bars: busy first, hatched when offline, one for all of them when there are too many", () => {
  assert.deepEqual(words.slotBars({ ...WORKER, slots: 3, busy: 1 }).bars, ["busy", "free", "free"]);
  assert.deepEqual(words.slotBars({ ...WORKER, slots: 2, busy: 1, standing: "offline" }).bars, ["offline", "offline"]);
  assert.deepEqual(words.slotBars({ ...WORKER, slots: 2, busy: 9 }).bars, ["busy", "busy"]);
  assert.deepEqual(words.slotBars(WORKER).bars, []);
  assert.deepEqual(words.slotBars({ ...WORKER, slots: 100, busy: 25 }), { bars: ["free"], share: 0.25 });
});

test("what became of a dead worker's task is told only once somebody has told it", () => {
  const dead = { ...WORKER, standing: "offline" };
  assert.equal(words.fate({ task_id: "t", name: "n", state: "LOST" }, dead), "LOST");
  assert.equal(words.fate({ task_id: "t", name: "n", state: "RETRY" }, dead), "RETRY");
  assert.equal(words.fate({ task_id: "t", name: "n", state: "PROGRESS" }, dead), null);
  assert.equal(words.runningWords({ task_id: "t", name: "n", state: "PROGRESS" }, dead, 100), "not heard of since");
  assert.equal(words.runningWords({ task_id: "t", name: "n", since: 59 }, WORKER, 100), "for 41 s");
});

test("a frame changes the fields it has, and takes away what is gone", () => {
  const room = watched({ ...WORKER, busy: 1 }, QUEUE);
  assert.equal(room.frame(frame(1, 2, [{ id: "worker:a", offset: at(2), busy: 2 }, { id: "queue:q", offset: at(2), gone: true }])), true);
  assert.deepEqual([room.workers[0].busy, room.workers[0].name, room.queues.length], [2, "a", 0]);
});

test("a frame whose predecessor is missing is not applied", () => {
  const room = watched({ ...WORKER, busy: 1 });
  assert.equal(room.frame(frame(2, 3, [{ id: "worker:a", offset: at(3), busy: 2 }])), false);
  assert.equal(room.workers[0].busy, 1);
});

test("another web process counts anew, and nothing is said to be lost by that", () => {
  const room = watched(WORKER);
  room.hold();
  room.answer(answer([{ ...WORKER, busy: 5 }], "e2"));
  assert.deepEqual([room.workers[0].busy, room.restarts], [5, 0]);
});

test("workers that somebody should look after come first", () => {
  const room = watched(WORKER, { ...WORKER, id: "worker:b", name: "b", standing: "offline" }, { ...WORKER, id: "worker:0", name: "0", standing: "stopped" });
  assert.deepEqual(room.workers.map((row) => row.name), ["b", "a", "0"]);
});

test("a new picture tells what time it is on the server", () => {
  const room = new FleetRoom();
  const told = [];
  room.told = (now) => told.push(now);
  room.hold();
  room.answer(answer([WORKER]));
  room.frame(frame(1, 2, []));
  assert.deepEqual(told, [100, 101]);
});
