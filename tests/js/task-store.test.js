// Longer than most files: every rule of one store.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Room } from "../../static/js/task-store.js";

const at = (number) => String(number).padStart(16, "0");
const change = (id, offset, fields) => ({ task_id: id, offset: at(offset), ...fields });
const answer = (offset, rows, more) => ({ room: "board", epoch: "e1", offset: at(offset), recovered: false, rows, ...more });
const frame = (prev, offset, rows, more) => ({ room: "board", epoch: "e1", prev: at(prev), offset: at(offset), rows, ...more });

/** A room that holds task "a" at 10 % as of offset 10. */
function watched() {
  const room = new Room("board");
  room.hold();
  room.answer(answer(10, [change("a", 10, { name: "demo.long_task", state: "PROGRESS", attempt: 1, current: 10 })]));
  return room;
}

const plain = (row) => row && { ...row };

test("the first subscribe asks for everything, a later one for what came after the offset held", () => {
  assert.deepEqual(new Room("board").request(), { room: "board" });
  assert.deepEqual(watched().request(), { room: "board", epoch: "e1", offset: at(10) });
});

test("a frame changes only the fields it has", () => {
  const room = watched();
  assert.equal(room.frame(frame(10, 11, [change("a", 11, { current: 20 })])), true);
  assert.deepEqual(plain(room.rows.get("a")), change("a", 11, { name: "demo.long_task", state: "PROGRESS", attempt: 1, current: 20 }));
  assert.equal(room.offset, at(11));
});

test("a frame that overtakes the answer is held, then applied", () => {
  const room = new Room("board");
  room.hold();
  assert.equal(room.frame(frame(10, 11, [change("a", 11, { current: 20 })])), true);
  assert.equal(room.rows.size, 0);
  assert.equal(room.answer(answer(10, [change("a", 10, { name: "demo.t", current: 10 })])), true);
  assert.equal(room.rows.get("a")?.current, 20);
});

test("a held frame that the answer already covers changes nothing", () => {
  const room = new Room("board");
  room.hold();
  room.frame(frame(8, 9, [change("a", 9, { current: 5 }), change("expired", 9, { name: "demo.old" })]));
  assert.equal(room.answer(answer(10, [change("a", 10, { name: "demo.t", current: 10 })])), true);
  assert.equal(room.rows.get("a")?.current, 10);
  assert.equal(room.rows.has("expired"), false, "a row that the snapshot no longer has came back");
  assert.equal(room.offset, at(10), "the offset went back");
});

test("a frame whose predecessor is missing is not applied", () => {
  const room = watched();
  assert.equal(room.frame(frame(12, 13, [change("a", 13, { current: 99 })])), false);
  assert.equal(room.rows.get("a")?.current, 10);
  assert.equal(room.offset, at(10));
});

test("a missing predecessor is also found among held frames", () => {
  const room = new Room("board");
  room.hold();
  room.frame(frame(12, 13, [change("a", 13, { current: 99 })]));
  assert.equal(room.answer(answer(10, [])), false);
});

test("a frame of another log is not applied", () => {
  const room = watched();
  assert.equal(room.frame(frame(10, 11, [change("a", 11, { current: 99 })], { epoch: "e2" })), false);
  assert.equal(room.rows.get("a")?.current, 10);
});

test("the snapshot of another log replaces everything, and the break is known", () => {
  const room = watched();
  room.hold();
  room.answer(answer(3, [change("b", 3, { name: "demo.t" })], { epoch: "e2" }));
  assert.deepEqual([...room.rows.keys()], ["b"]);
  assert.equal(room.restarts, 1);
});

test("an answer that says recovered for another log is taken for a snapshot", () => {
  const room = watched();
  room.hold();
  room.answer(answer(3, [], { epoch: "e2", recovered: true }));
  assert.equal(room.rows.size, 0);
});

test("the first task of an empty Redis is not a restarted log", () => {
  const room = new Room("board");
  room.hold();
  room.answer(answer(0, [], { epoch: "", offset: "" }));
  room.hold();
  room.answer(answer(1, [change("a", 1, { name: "demo.t" })]));
  assert.equal(room.restarts, 0);
});

test("a replay replaces whole rows and leaves the others", () => {
  const room = watched();
  room.frame(frame(10, 11, [change("b", 11, { name: "demo.b", note: "old" })]));
  room.hold();
  room.answer(answer(20, [change("b", 20, { name: "demo.b", state: "SUCCESS" })], { recovered: true }));
  assert.equal(room.rows.get("a")?.current, 10);
  assert.deepEqual(plain(room.rows.get("b")), change("b", 20, { name: "demo.b", state: "SUCCESS" }));
});

test("an older change of a task never overwrites a newer one", () => {
  const room = watched();
  room.frame(frame(10, 12, [change("a", 12, { current: 30 })]));
  room.frame(frame(10, 11, [change("a", 11, { current: 20 })]));
  assert.equal(room.rows.get("a")?.current, 30);
  assert.equal(room.offset, at(12));
});

test("a new attempt's nulls clear what the attempt before had left", () => {
  const room = watched();
  room.frame(frame(10, 11, [change("a", 11, { state: "STARTED", attempt: 2, current: null, note: null })]));
  assert.deepEqual(plain(room.rows.get("a")), change("a", 11, { name: "demo.long_task", state: "STARTED", attempt: 2 }));
});

test("an expired row goes", () => {
  const room = watched();
  room.frame(frame(10, 11, [change("a", 11, { gone: true })]));
  assert.equal(room.rows.size, 0);
});

test("a change of a task older than the snapshot does not make a nameless row", () => {
  const room = watched();
  assert.equal(room.frame(frame(10, 11, [change("ancient", 11, { current: 5 })])), true);
  assert.equal(room.rows.has("ancient"), false);
});

test("a task older than the snapshot is a row from its next change of state on", () => {
  const room = watched();
  room.frame(frame(10, 11, [change("ancient", 11, { state: "FAILURE" })]));
  assert.equal(room.rows.get("ancient")?.state, "FAILURE");
});

test("fields with the names of prototypes are fields like any other", () => {
  const room = watched();
  room.frame(frame(10, 11, [JSON.parse(`{"task_id":"__proto__","offset":"${at(11)}","name":"x","__proto__":{"state":"SUCCESS"}}`)]));
  assert.equal(room.rows.get("__proto__")?.state, undefined);
  assert.equal({}.state, undefined);
});

test("watchers hear which tasks changed, and whether it is news", () => {
  const room = watched();
  const heard = [];
  room.watch((ids, live) => heard.push([ids && [...ids], live]));
  room.frame(frame(10, 11, [change("a", 11, { current: 20 })]));
  room.hold();
  room.answer(answer(12, []));
  assert.deepEqual(heard, [[["a"], true], [null, false]]);
});

test("counts follow answers and frames, never an older frame", () => {
  const room = new Room("board");
  room.hold();
  room.answer(answer(10, [], { counts: { SUCCESS: 1 } }));
  room.frame(frame(10, 12, [], { counts: { SUCCESS: 2 } }));
  room.frame(frame(10, 11, [], { counts: { SUCCESS: 9 } }));
  assert.deepEqual(room.counts, { SUCCESS: 2 });
});

test("a watcher that fails does not stop the rows, and its error is reported", (t) => {
  const room = watched();
  room.watch(() => {
    throw new Error("cannot be shown");
  });
  const reported = t.mock.method(globalThis, "queueMicrotask", () => undefined);
  assert.equal(room.frame(frame(10, 11, [change("a", 11, { current: 20 })])), true);
  assert.equal(room.rows.get("a")?.current, 20);
  assert.throws(reported.mock.calls[0].arguments[0], /cannot be shown/);
});
