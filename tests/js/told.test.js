import assert from "node:assert/strict";
import { test } from "node:test";

import { Bell } from "../../static/js/bell.js";
import { Hub } from "../../static/js/lines/hub.js";
import { TabLine } from "../../static/js/lines/tab.js";
import { noticeWords } from "../../static/js/notices.js";
import { Room } from "../../static/js/task-store.js";
import { Wishes } from "../../static/js/wishes.js";
import { newStore } from "./simulated-store.js";

const later = () => new Promise((done) => setImmediate(done));
const settled = async () => { for (let turn = 0; turn < 20; turn += 1) await later(); };

/** Tabs of one browser: one server, one storage, locks between them. */
function newBrowser({ mailed = false } = {}) {
  const browser = { store: newStore(), rung: [], takenBack: [], locks: new Set(), rooms: [] };
  const edge = {
    follow: (room) => browser.rooms.push(room),
    alone: async (name, run) => {
      if (browser.locks.has(name)) return;
      browser.locks.add(name);
      await run();
      browser.locks.delete(name);
    },
    takeBack: async (id) => { browser.takenBack.push(id); await later(); return mailed ? "mailed" : "taken_back"; },
    ring: (row) => browser.rung.push(row.task_id),
    wait: later,
  };
  browser.open = (shown = null) => {
    const bell = new Bell(new Wishes(browser.store), edge, shown);
    bell.look();
    return bell;
  };
  browser.tell = (state) => {
    for (const room of browser.rooms) room.answer(answer(room.name, state));
  };
  return browser;
}

function answer(room, state) {
  const rows = [{ task_id: room.slice("task:".length), offset: "1", state }];
  return { room, epoch: "e", offset: "1", recovered: false, rows };
}

test("of many tabs one rings, once, and takes the e-mail back", async () => {
  const browser = newBrowser();
  new Wishes(browser.store).want("t1", { notify: true, email: "ada@example.com" });
  for (let tab = 0; tab < 20; tab += 1) browser.open();
  browser.tell("PROGRESS");
  await settled();
  assert.deepEqual(browser.rung, []);
  browser.tell("SUCCESS");
  browser.tell("SUCCESS");
  await settled();
  assert.deepEqual([browser.rung, browser.takenBack], [["t1"], ["t1"]]);
  browser.open();
  browser.tell("SUCCESS");
  await settled();
  assert.deepEqual(browser.rung, ["t1"], "a tab that is opened later rings no more");
});

test("a retry is no end, and nothing rings that nobody wished", async () => {
  const browser = newBrowser();
  new Wishes(browser.store).want("t1", { notify: true });
  const shown = new Room("task:t2");
  browser.open(shown);
  browser.tell("RETRY");
  shown.answer(answer("task:t2", "SUCCESS"));
  await settled();
  assert.deepEqual([browser.rung, browser.rooms.map((room) => room.name)], [[], ["task:t1"]]);
});

test("a page that shows the task follows it no second time", async () => {
  const browser = newBrowser();
  new Wishes(browser.store).want("t1", { notify: true });
  const shown = new Room("task:t1");
  browser.open(shown);
  assert.deepEqual(browser.rooms, []);
  shown.answer(answer("task:t1", "LOST"));
  await settled();
  assert.deepEqual([browser.rung, browser.takenBack], [["t1"], []], "without an address there is nothing to take back");
});

test("who was told by e-mail is not told again, nor who wanted an e-mail only", async () => {
  for (const [mailed, notify] of [[true, true], [false, false]]) {
    const browser = newBrowser({ mailed });
    new Wishes(browser.store).want("t1", { notify, email: "ada@example.com" });
    browser.open();
    browser.tell("FAILURE");
    await settled();
    assert.deepEqual([browser.rung, browser.takenBack], [[], ["t1"]]);
  }
});

test("a notification says what, how it ended, and how long it took, in safe text", () => {
  const row = { task_id: "a", offset: "1", name: "shop.count", state: "FAILURE", started_at: 10, ended_at: 75 };
  assert.deepEqual(noticeWords({ ...row, summary: "a\u202eb\nc" }), { title: "Failed: shop.count", body: "a[U+202E]b c\nTook 1 min 5 s" });
  assert.equal(noticeWords({ ...row, summary: "x".repeat(900) }).body.length, 200 + "\nTook 1 min 5 s".length);
});

test("a page is live without the rooms that it shows nothing of", async () => {
  const upstream = Object.assign(new EventTarget(), {
    connected: true,
    follow: () => {},
    standing: (room) => ({ settled: room === "board", refusal: null }),
  });
  const hub = new Hub(upstream);
  let hear = () => {};
  const line = new TabLine({ send: (message) => hub.hear("one", message), open: (to, fresh) => ((hear = to), fresh()) }, () => {});
  hub.came("one", (message) => hear(message));
  line.follow(new Room("task:t1"), true);
  upstream.dispatchEvent(new Event("change"));
  await settled();
  assert.equal(line.live, true);
  line.follow(new Room("task:t2"));
  await settled();
  assert.equal(line.live, false);
});
