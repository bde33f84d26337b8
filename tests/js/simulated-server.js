/** A server of docs/protocol.md with a line that drops, delays and
 * cuts: for the random test of the client. Longer than most files: a whole server, in one piece to read. */

const LOG_KEPT = 12;

/** A small seeded generator (mulberry32), so that a failing seed can be run again. */
export function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const padded = (number) => String(number).padStart(16, "0");
const without = (row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));

export class SimulatedServer {
  table = new Map();
  #epoch = 1;
  #offset = 0;
  #goneAt = 0;
  #pending = new Map(); // changes since the room's last frame, by task
  #prev = 0;
  #joined = false;
  #wire = []; // what is on its way to the client, in order
  #pauses = [];
  #subscription = null;
  #connected = false;

  /** @param {{alive?: number, most?: number}} options alive: how many tasks change; most: rows of a snapshot; restarts: how often */
  constructor(random, { alive = 6, most = Infinity, restarts = 0.01 } = {}) {
    Object.assign(this, { random, alive, most, restarts });
  }

  /** The log's name, and how far it goes. */
  get place() {
    return { epoch: `e${this.#epoch}`, offset: padded(this.#offset) };
  }

  line() {
    return {
      ask: (request) => new Promise((answer) => this.#wire.push({ toServer: true, request, answer })),
      later: (run) => this.#pauses.push(run),
      changed: () => undefined,
    };
  }

  attach(subscription) {
    this.#subscription = subscription;
  }

  /** One random thing happens. */
  async step() {
    const dice = this.random();
    if (dice < 0.35) this.#append();
    else if (dice < 0.55) this.#frame(this.random() < 0.1);
    else if (dice < 0.82) await this.#deliver();
    else if (dice < 0.9) this.#pauses.shift()?.();
    else if (dice < 0.94) this.#cut();
    else if (dice < 1 - this.restarts) this.#connect();
    else this.#restart();
  }

  /** So many entries have been written already. */
  advance(entries) {
    this.#offset = this.#prev = entries;
  }

  newest() {
    return [...this.table.values()].sort((a, b) => (a.heard < b.heard ? 1 : -1)).slice(0, this.most);
  }

  counts() {
    const states = [...this.table.values()].map((row) => row.state);
    return Object.fromEntries([...new Set(states)].map((state) => [state, states.filter((one) => one === state).length]));
  }

  /** Nothing breaks any more: everything under way arrives. */
  async settle() {
    this.#connect();
    this.#nudge();
    for (let round = 0; round < 200; round += 1) {
      this.#frame(false);
      await this.#deliver();
      this.#pauses.shift()?.();
    }
  }

  #append() {
    const ids = [...this.table.keys()];
    const id = ids[Math.floor(this.random() * this.alive)] ?? `t${this.#epoch}.${this.#offset}`; // an expired id does not come back
    this.#offset += 1;
    const had = this.table.get(id);
    const change = had && this.random() < 0.15 ? { gone: true } : this.change(had);
    this.#apply(id, { task_id: id, offset: padded(this.#offset), ...change });
  }

  change(had) {
    const current = Math.floor(this.random() * 100);
    if (!had) return { name: "demo.t", state: "PENDING", attempt: 0 };
    if (this.random() < 0.2) return { state: "STARTED", attempt: had.attempt + 1, current: null, note: null };
    return this.random() < 0.5 ? { state: "PROGRESS", current } : { note: `at ${current}` };
  }

  /** As in the log's script: fold into the table; what changed since the last frame adds up. */
  #apply(id, change) {
    if (change.gone) this.table.delete(id);
    else this.table.set(id, without({ ...this.table.get(id), ...change }));
    if (change.gone) this.#goneAt = this.#offset;
    this.#pending.set(id, { ...this.#pending.get(id), ...change });
  }

  /** @param {boolean} skipped the socket does not drain: this frame is not sent to it */
  #frame(skipped) {
    if (!this.#pending.size) return;
    const frame = { room: "board", epoch: `e${this.#epoch}`, prev: padded(this.#prev), offset: padded(this.#offset) };
    const rows = [...this.#pending.values()];
    this.#prev = this.#offset;
    this.#pending.clear();
    const counts = this.most < Infinity ? { counts: this.counts() } : {};
    if (this.#joined && !skipped) this.#wire.push({ frame: JSON.parse(JSON.stringify({ ...frame, rows, ...counts })) });
  }

  /** An empty frame: whoever is not up to its offset missed something. */
  #nudge() {
    const offset = padded(this.#offset);
    this.#prev = this.#offset;
    this.#pending.clear();
    if (this.#joined) this.#wire.push({ frame: { room: "board", epoch: `e${this.#epoch}`, prev: offset, offset, rows: [] } });
  }

  async #deliver() {
    const next = this.#wire.shift();
    if (next?.toServer) this.#answer(next);
    else if (next?.frame) this.#subscription.frame(next.frame);
    else if (next) next.answer(next.data);
    await new Promise((done) => setImmediate(done));
  }

  /** Join first, read second: a frame may get on the line before the answer. */
  #answer({ request, answer }) {
    this.#joined = true;
    if (this.random() < 0.1) return this.#wire.push({ answer, data: { error: { code: "unavailable", message: "" } } });
    const data = JSON.parse(JSON.stringify(this.#read(request)));
    if (this.random() < 0.5) this.#frame(false);
    return this.#wire.push({ answer, data });
  }

  #read({ epoch, offset }) {
    const base = { room: "board", epoch: `e${this.#epoch}`, offset: padded(this.#offset) };
    const all = [...this.table.values()];
    const known = epoch === base.epoch && Number(offset) >= Math.max(this.#goneAt, this.#offset - LOG_KEPT);
    if (!known && this.most < Infinity) return { ...base, recovered: false, rows: this.newest(), counts: this.counts() };
    if (!known) return { ...base, recovered: false, rows: all };
    return { ...base, recovered: true, rows: all.filter((row) => row.offset > offset) };
  }

  #cut() {
    if (this.#connected) this.#subscription.disconnected();
    this.#connected = false;
    this.#joined = false;
    this.#wire = [];
  }

  #connect() {
    if (this.#connected) return;
    this.#connected = true;
    this.#subscription.connected();
  }

  /** Redis comes back empty. */
  #restart() {
    this.#epoch += 1;
    this.#offset = 0;
    this.#goneAt = 0;
    this.table.clear();
    this.#nudge();
  }
}
