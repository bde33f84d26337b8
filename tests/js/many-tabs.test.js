import assert from "node:assert/strict";
import { test } from "node:test";

import { Hub } from "../../static/js/lines/hub.js";
import { TabLine } from "../../static/js/lines/tab.js";
import { Subscription } from "../../static/js/subscription.js";
import { Room } from "../../static/js/task-store.js";
import { SimulatedServer, random } from "./simulated-server.js";

/** The hub's connection: one subscription to the simulated server. */
class Upstream extends EventTarget {
  connected = true;
  laters = [];

  constructor(server) {
    super();
    this.server = server;
  }

  follow(share) {
    const line = { ...this.server.line(), changed: () => this.dispatchEvent(new Event("change")) };
    this.subscription = new Subscription(share.room, line);
    this.server.attach(this.subscription);
  }

  standing() {
    const { caughtUp, refusal } = this.subscription ?? { caughtUp: false, refusal: null };
    return { settled: caughtUp || refusal !== null, refusal };
  }

  unfollow() {}

  later(run) {
    this.laters.push(run);
  }
}

/** A tab whose messages in both directions are on the way for a while, each direction in order. */
function openTab(hub, id) {
  const tab = { id, toHub: [], toTab: [], room: new Room("board") };
  tab.connect = () => hub.came(id, (message) => tab.toTab.push(structuredClone(message)));
  const wire = {
    send: (message) => tab.toHub.push(structuredClone(message)),
    open: (hear, fresh) => Object.assign(tab, { hear, fresh }),
  };
  tab.line = new TabLine(wire, (run, ms) => setTimeout(run, ms).unref()); // a closed tab's timers keep no test waiting
  tab.line.follow(tab.room);
  tab.connect();
  tab.fresh();
  tab.deliver = async () => {
    if (tab.toHub.length) hub.hear(id, tab.toHub.shift());
    if (tab.toTab.length) tab.hear(tab.toTab.shift());
    await new Promise((done) => setImmediate(done));
  };
  return tab;
}

const rows = (table) => JSON.stringify([...table.values()].map((row) => Object.entries(row).sort()).sort());

async function settle(server, tabs) {
  await server.settle();
  for (let quiet = 0; quiet < 300; quiet += 1) {
    for (const tab of tabs) await tab.deliver();
    if (tabs.every((tab) => tab.line.live && !tab.toHub.length && !tab.toTab.length)) break;
    await new Promise((done) => setTimeout(done, 1));
  }
}

test("in whatever order messages come, every tab's rows end as the server's table", async () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const dice = random(seed);
    const server = new SimulatedServer(dice);
    const hub = new Hub(new Upstream(server));
    let tabs = [openTab(hub, "first")];
    await tabs[0].deliver();
    for (let step = 0; step < 40; step += 1) {
      await server.step();
      const tab = tabs[Math.floor(dice() * tabs.length)];
      if (dice() < 0.7) await tab.deliver();
      if (dice() < 0.05) tabs.push(openTab(hub, `tab-${step}`));
      if (dice() < 0.03 && tabs.length > 1) hub.gone(tabs.pop().id);
    }
    await settle(server, tabs);
    for (const tab of tabs) {
      assert.equal(tab.line.live, true, `seed ${seed}: not live`);
      assert.equal(rows(tab.room.rows), rows(server.table), `seed ${seed}`);
      assert.equal(tab.line.tabs, tabs.length, `seed ${seed}`);
    }
  }
});
