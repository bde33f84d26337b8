// @ts-check
/** The three ways from a tab to its shared end: a shared worker, the tab that leads, or the tab itself. */

/** @import {Hub} from "./hub.js" */
/** @import {FromTab, Wire} from "./messages.js" */
import { hold, whenReleased } from "./locks.js";

const UNREAD_MS = 3000;

/** The address of these scripts has their version: a page and a shared end of two versions don't understand each other. */
const VERSION = new URL(".", import.meta.url).pathname;

/** A restored page (back and forward) is one that came anew. @param {() => void} hello @param {() => void} bye */
function comeAndGo(hello, bye) {
  addEventListener("pagehide", bye);
  addEventListener("pageshow", (event) => event.persisted && hello());
}

/**
 * What this browser can: as few connections as possible.
 * @param {string} browser its name @param {() => Promise<Hub>} connect @returns {Wire}
 */
export function bestWire(browser, connect) {
  if (!("SharedWorker" in globalThis)) return withoutWorker(connect);
  try {
    return sharedWorker(browser, () => withoutWorker(connect));
  } catch {
    return withoutWorker(connect); // a setting of the browser's, or of who runs it, forbids it
  }
}

/** @param {() => Promise<Hub>} connect @returns {Wire} */
function withoutWorker(connect) {
  if ("locks" in navigator && navigator.locks && "BroadcastChannel" in globalThis) return leader(connect);
  return ownSocket(connect);
}

/**
 * @param {string} browser its name
 * @param {() => Wire} otherwise the way to take if the worker's script does not start
 * @returns {Wire}
 */
export function sharedWorker(browser, otherwise) {
  const tab = `tab-${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
  const url = new URL("worker.js", import.meta.url);
  const worker = new SharedWorker(url, { type: "module", name: `pushboard-${browser}` });
  /** @type {Wire | null} */ let instead = null;
  let welcomed = false;
  /** @param {FromTab} message */
  const send = (message) => (instead ? instead.send(message) : worker.port.postMessage(message));
  const hello = () => void hold(tab).then(() => instead || send({ kind: "hello", tab }));
  return {
    send,
    open(hear, fresh) {
      worker.addEventListener("error", () => {
        if (!welcomed && !instead) (instead = otherwise()).open(hear, fresh);
      });
      worker.port.onmessage = ({ data }) => {
        welcomed = true;
        if (data.kind === "welcome") fresh();
        else hear(data);
      };
      comeAndGo(() => instead || send({ kind: "hello", tab }), () => instead || send({ kind: "bye" }));
      hello();
    },
  };
}

/** Whoever holds the lock has the connection; when that tab closes, the next one gets it. @param {() => Promise<Hub>} connect @returns {Wire} */
export function leader(connect) {
  const tab = `tab-${crypto.getRandomValues(new Uint32Array(4)).join("-")}`;
  const name = `pushboard-${VERSION}`;
  const [all, own] = [new BroadcastChannel(name), new BroadcastChannel(`${name}-${tab}`)];
  /** @param {FromTab} message */
  const send = (message) => all.postMessage({ ...message, from: tab });
  const hello = () => send({ kind: "hello", tab });
  return {
    send,
    open(hear, fresh) {
      own.onmessage = ({ data }) => (data.kind === "welcome" ? fresh() : hear(data));
      all.onmessage = ({ data }) => data.kind === "leader" && hello();
      comeAndGo(hello, () => send({ kind: "bye" }));
      void hold(tab).then(hello);
      void hold(name).then(connect).then((hub) => lead(name, hub));
    },
  };
}

/**
 * A tab that the browser has frozen loses what it is sent on a channel: whoever leaves something unread for long is
 * welcomed anew, until it answers.
 * @param {string} name @param {Hub} hub
 */
function lead(name, hub) {
  const all = new BroadcastChannel(name);
  /** @type {Map<string, {channel: BroadcastChannel, sent: number, owes: number | null}>} owes: an answer, since then */
  const tabs = new Map();
  /** @param {string} id */
  const gone = (id) => {
    hub.gone(id);
    tabs.get(id)?.channel.close();
    tabs.delete(id);
  };
  /** @param {string} id @param {number | null} owes */
  const welcome = (id, owes = null) => {
    const channel = tabs.get(id)?.channel ?? new BroadcastChannel(`${name}-${id}`);
    if (!tabs.has(id)) whenReleased(id, () => gone(id));
    const tab = { channel, sent: 0, owes };
    tabs.set(id, tab);
    channel.postMessage({ kind: "welcome" });
    hub.came(id, (message) => {
      channel.postMessage(message);
      if (message.kind !== "frame" && message.kind !== "answer") return;
      tab.sent += 1;
      tab.owes ??= Date.now();
    });
  };
  all.onmessage = ({ data }) => {
    if (data.kind === "bye") return gone(data.from);
    if (data.kind === "hello") return welcome(data.tab);
    const tab = tabs.get(data.from);
    if (tab) tab.owes = data.kind === "read" && data.number < tab.sent ? Date.now() : null;
    hub.hear(data.from, data);
  };
  setInterval(() => {
    for (const [id, { owes }] of [...tabs]) if (owes !== null && Date.now() - owes > UNREAD_MS) welcome(id, Date.now());
  }, UNREAD_MS / 3);
  all.postMessage({ kind: "leader" });
}

/** A connection of this tab's own. @param {() => Promise<Hub>} connect @returns {Wire} */
export function ownSocket(connect) {
  const connected = connect();
  return {
    send: (message) => void connected.then((hub) => hub.hear("own", message)),
    open(hear, fresh) {
      void connected.then((hub) => {
        fresh();
        hub.came("own", (message) => queueMicrotask(() => hear(message)));
      });
    },
  };
}
