// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { LogFeed } from "../../static/js/log-feed.js";
import { LogHistory } from "../../static/js/log-history.js";
import { KEPT_LINES, LogRoom } from "../../static/js/log-room.js";

const line = (/** @type {number} */ number, more = {}) => ({
  ...{ id: String(number).padStart(6, "0"), offset: String(number).padStart(6, "0"), at: number, worker: "w", pid: 1, process: "p", text: `line ${number}` },
  ...more,
});
const numbers = (/** @type {number} */ from, /** @type {number} */ to) => Array.from({ length: to - from }, (_, at) => line(from + at));

test("a room keeps the newest lines, in their order, and tells each once", () => {
  const room = new LogRoom("logs");
  /** @type {string[]} */
  const told = [];
  room.watch((ids, _, changes) => told.push(...(ids === null ? ["all"] : changes.map(({ task_id }) => task_id))));
  room.hold();
  room.frame(/** @type {any} */ ({ room: "logs", epoch: "e", prev: "000002", offset: "000003", rows: [line(3)] }));
  assert.ok(room.answer(/** @type {any} */ ({ room: "logs", epoch: "e", offset: "000002", recovered: false, rows: numbers(1, 3) })));
  assert.deepEqual(told, ["all", "000003"]);
  assert.equal(room.frame(/** @type {any} */ ({ room: "logs", epoch: "e", prev: "000005", offset: "000006", rows: [line(6)] })), false, "a gap");
  for (let at = 4; at < 4 + KEPT_LINES; at += 1)
    room.frame(/** @type {any} */ ({ room: "logs", epoch: "e", prev: line(at - 1).id, offset: line(at).id, rows: [line(at)] }));
  assert.equal(room.lines.length, KEPT_LINES);
  assert.deepEqual([room.lines[0].id, room.lines.at(-1)?.id], ["000004", line(3 + KEPT_LINES).id]);
});

test("what a web process skipped is told in its place", () => {
  const room = new LogRoom("logs");
  room.answer(/** @type {any} */ ({ room: "logs", epoch: "e", offset: "000002-9999", recovered: false, rows: [] }));
  room.frame(/** @type {any} */ ({ room: "logs", epoch: "e", prev: "000002-9999", offset: "000005-9999", skipped: 12, rows: [line(4)] }));
  assert.deepEqual(room.lines.map(({ id, skipped }) => [id, skipped]), [["000002-9999+", 12], ["000004", undefined]]);
});

test("of two questions the newer one's answer counts, whichever comes first", async () => {
  /** @type {((page: unknown) => void)[]} */
  const answers = [];
  const history = new LogHistory(() => new Promise((done) => answers.push((page) => done(/** @type {any} */ ({ json: async () => page })))));
  const [old, fresh] = [history.begin({ q: "a" }, ""), history.begin({ q: "ab" }, "")];
  answers[1]({ rows: [line(2)], next: "000001", kept: {} });
  answers[0]({ rows: [line(9)], next: "000009", kept: {} });
  assert.equal((await fresh)?.rows[0].id, "000002");
  assert.equal(await old, null);
  assert.deepEqual([history.older, history.filter.q, history.asking], ["000001", "ab", false]);
});

test("a server that is away is said so, and what is here stays", async () => {
  const history = new LogHistory(() => Promise.reject(new TypeError("failed")));
  assert.equal(await history.begin({}, ""), null);
  assert.match(history.fault, /can't be reached/);
});

/** A journal that is asked over a slow line, and tells what is logged meanwhile, in whatever order. */
class Journal {
  /** @type {ReturnType<typeof line>[]} */ lines = [];
  /** @type {(() => void)[]} */ waiting = [];

  /** @param {string} address @returns {Promise<any>} */
  get(address) {
    const given = new URLSearchParams(address.split("?")[1] ?? "");
    const most = 5;
    const after = given.get("after");
    const before = given.get("before");
    const found = this.lines.filter(({ id }) => (!after || id > after) && (!before || id < before));
    const rows = after ? found.slice(0, most) : found.slice(-most);
    const next = found.length > most ? (after ? rows[rows.length - 1].id : rows[0].id) : "";
    return new Promise((done) => this.waiting.push(() => done({ json: async () => ({ rows, next, kept: {} }) })));
  }
}

test("whatever overtakes what, a reader at the end has the newest lines without a gap, and each once", async () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    let state = seed;
    const random = (/** @type {number} */ below) => (state = (state * 48271) % 2147483647) % below;
    const journal = new Journal();
    const feed = new LogFeed(new LogHistory((address) => journal.get(address)), () => {});
    let live = true;
    feed.begin({});
    for (let step = 0; step < 60; step += 1) {
      const choice = random(10);
      if (choice < 5) {
        journal.lines.push(line(journal.lines.length + 1));
        if (live) feed.came([journal.lines[journal.lines.length - 1]]);
      } else if (choice < 8) journal.waiting.shift()?.();
      else if (choice === 8 && live) live = false;
      else if (!live) {
        live = true;
        feed.again();
      }
      if (random(3) === 0) await new Promise((done) => setImmediate(done));
    }
    if (!live) feed.again();
    for (let round = 0; round < 20; round += 1) {
      await new Promise((done) => setImmediate(done));
      for (const answer of journal.waiting.splice(0)) answer();
    }
    const ids = feed.lines.lines.map(({ id }) => id);
    assert.deepEqual(ids, journal.lines.slice(-ids.length).map(({ id }) => id), `seed ${seed}`);
    assert.ok(ids.length >= Math.min(journal.lines.length, 5), `seed ${seed}`);
  }
});
