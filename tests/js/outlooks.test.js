import assert from "node:assert/strict";
import { test } from "node:test";

import { longRange, placeWords, shortRange } from "../../static/js/outlook-words.js";
import { Outlooks } from "../../static/js/outlooks.js";

const at = (number) => String(number).padStart(16, "0");
const times = (low, high) => ({ id: "times:shop.pack", kind: "times", name: "shop.pack", runs: 9, low, high });
const line = (more) => ({ id: "line:celery", kind: "line", name: "celery", waiting: 3, first: [[at(1), 0, 0], [at(2), 120, 300], [at(3), null, null]], ...more });

function outlooks(...rows) {
  const room = new Outlooks();
  room.answer({ room: "outlooks", epoch: "e", offset: at(1), recovered: false, now: 5, rows: rows.map((row) => ({ ...row, offset: at(1) })) });
  return room;
}

const waiting = (number, more) => ({ task_id: "a", offset: at(9), heard: at(number), name: "shop.pack", state: "PENDING", queue: "celery", ...more });
const running = (more) => ({ task_id: "a", offset: at(9), name: "shop.pack", state: "STARTED", started_at: 100, ...more });

test("a task that waits says how many came before it, and when it begins", () => {
  const room = outlooks(line());
  assert.equal(placeWords(room.place(waiting(1))), "next in line");
  assert.equal(placeWords(room.place(waiting(2))), "1 ahead · starts in 2–5 min");
  assert.equal(placeWords(room.place(waiting(3, { state: "RECEIVED" }))), "2 ahead");
});

test("in a queue that no worker takes from nobody is next", () => {
  assert.equal(placeWords(outlooks(line({ takers: 0 })).place(waiting(1))), "no worker takes from it");
  assert.equal(placeWords(outlooks(line({ takers: 0, first: null })).place(waiting(7))), "no worker takes from it");
  assert.equal(placeWords(outlooks(line({ takers: 0 })).place(waiting(1, { state: "RECEIVED" }))), "next in line", "a worker has it");
  assert.equal(placeWords(outlooks(line({ takers: 1 })).place(waiting(1))), "next in line");
});

test("an unknown place is said to be unknown, and never 0", () => {
  assert.equal(placeWords(outlooks(line({ first: null })).place(waiting(2))), "place unknown");
  assert.equal(outlooks().place(waiting(2)), null, "nothing was told of its queue");
  assert.equal(outlooks(line()).place(waiting(7)), null, "not in line as far as the server knows");
  assert.equal(placeWords(outlooks(line({ waiting: 9 })).place(waiting(7))), "more than 3 ahead");
  assert.equal(outlooks(line()).place(waiting(2, { eta: 500 })), null, "it waits for its time");
  assert.equal(outlooks(line()).place(waiting(2, { state: "STARTED" })), null);
});

test("a place is news: a frame moves it on", () => {
  const room = outlooks(line());
  room.frame({ room: "outlooks", epoch: "e", prev: at(1), offset: at(2), now: 6, rows: [{ id: "line:celery", offset: at(2), waiting: 2, first: [[at(2), 0, 60], [at(3), 60, 120]] }] });
  assert.equal(placeWords(room.place(waiting(2))), "next in line · starts in up to 60 s");
});

test("a queue that was told of in no snapshot comes with a frame", () => {
  const room = outlooks();
  room.frame({ room: "outlooks", epoch: "e", prev: at(1), offset: at(2), now: 6, rows: [{ ...line(), offset: at(2) }] });
  assert.equal(placeWords(room.place(waiting(1))), "next in line");
});

test("time left without progress of its own is what past runs took", () => {
  assert.deepEqual(outlooks(times(100, 400)).left(running(), null, 120), [80, 380]);
  assert.equal(outlooks(times(100, 400)).left(running(), null, 600), null, "longer than they took: no ground");
  assert.equal(outlooks().left(running(), null, 120), null, "no ground at all");
  assert.equal(outlooks(times(100, 400)).left(running({ state: "SUCCESS" }), null, 120), null);
});

test("its own progress counts for more the further it is", () => {
  const room = outlooks(times(100, 400));
  assert.deepEqual(room.left(running({ current: 0, total: 10 }), 200, 100), [100, 400]);
  assert.deepEqual(room.left(running({ current: 5, total: 10 }), 200, 100), [150, 300]);
  assert.deepEqual(outlooks().left(running({ current: 5, total: 10 }), 200, 100), [200, 200]);
  assert.deepEqual(room.left(running({ current: 5, total: 10, progress_at: 599 }), 200, 600), [200, 200], "past runs were shorter: they say nothing");
});

test("a stalled task has no time left to show", () => {
  const stalled = running({ current: 5, total: 10, reports: 100, progress_at: 200 });
  assert.notEqual(outlooks(times(100, 4000)).left(stalled, 50, 210), null, "void: there is no ground anyway");
  assert.equal(outlooks(times(100, 4000)).left(stalled, 50, 260), null);
});

test("a range is told where it is wide, digits where it is not", () => {
  assert.equal(shortRange([42, 42]), "0:42");
  assert.equal(shortRange([100, 120]), "2:00");
  assert.equal(shortRange([120, 290]), "2–5 min");
  assert.equal(shortRange([5, 290]), "≤ 5 min");
  assert.equal(longRange([5, 290]), "up to 5 min");
  assert.equal(longRange([42, 42]), "about 0:42");
  assert.equal(longRange([3600, 9000]), "1–3 h");
  assert.equal(longRange([20, 45]), "20–45 s");
  assert.equal(longRange(null) + shortRange(null) + longRange([0, 0.4]), "");
});
