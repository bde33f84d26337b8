/** The simulated server with tasks of several names and workers, and the list's pages over HTTP: late, lost, refused. */

import { groupOf } from "../../static/js/states.js";
import { SimulatedServer } from "./simulated-server.js";

const STATES = ["PENDING", "RECEIVED", "STARTED", "PROGRESS", "RETRY", "SUCCESS", "FAILURE", "REVOKED"];
const SMALL = ["name", "queue", "worker", "note", "heard", "attempt", "current"];

export class SimulatedList extends SimulatedServer {
  /** What only the server knows of a task, by its heard. */
  #arguments = new Map();
  #http = [];

  constructor(random, tasks) {
    super(random, { alive: tasks + 60, most: 300, restarts: 0.002 });
    for (let number = 0; number < tasks; number += 1) {
      const heard = String(number).padStart(16, "0");
      this.table.set(`old${number}`, { task_id: `old${number}`, offset: heard, ...this.#born(heard), ...this.#state() });
    }
    this.advance(tasks);
  }

  #one(...values) {
    return values[Math.floor(this.random() * values.length)];
  }

  #born(heard) {
    this.#arguments.set(heard, this.#one("alpha", "beta", "gamma"));
    return { heard, name: this.#one("shop.pack", "shop.send"), queue: this.#one("fast", "slow"), attempt: 0 };
  }

  #state() {
    return { state: this.#one(...STATES), worker: this.#one("w1", "w2") };
  }

  /** A change of state tells all of the small row. */
  change(had) {
    const fresh = had ?? this.#born(String(Number(this.place.offset)).padStart(16, "0"));
    if (had && this.random() < 0.5) return { note: this.#one("alpha is next", "waits"), current: Math.floor(this.random() * 9) };
    const all = Object.fromEntries(SMALL.filter((field) => field in fresh).map((field) => [field, fresh[field]]));
    return { ...all, ...this.#state() };
  }

  /** All rows that answer a question, in its order: the truth. */
  answer(question) {
    const sign = question.order === "oldest" ? 1 : -1;
    const rows = [...this.table.values()].filter((row) => this.#matches(question, row));
    return rows.sort((a, b) => sign * (a.heard < b.heard ? -1 : 1));
  }

  #matches({ state, q, ...rest }, row) {
    if (state && groupOf(row.state) !== state) return false;
    for (const part of ["name", "queue", "worker"]) if (rest[part] && row[part] !== rest[part]) return false;
    const texts = [row.task_id, row.name, row.note ?? "", row.worker, this.#arguments.get(row.heard)];
    return !q || texts.some((text) => text.includes(q));
  }

  /** GET /api/tasks: read now, or a little later; heard later still. */
  ask(search) {
    return new Promise((answer, fail) => this.#http.push({ search, answer, fail }));
  }

  /** One random thing happens to what is under way over HTTP. */
  http(isCalm = false) {
    const next = this.#http[0];
    if (!next) return;
    if (!isCalm && this.random() < 0.1) this.#http.shift().fail(new Error("no answer"));
    else if (!next.page) next.page = JSON.parse(JSON.stringify(this.#page(new URLSearchParams(next.search))));
    else this.#http.shift().answer(next.page);
  }

  #page(given) {
    const question = Object.fromEntries(given);
    const all = this.answer(question);
    const before = question.order === "oldest" ? (row) => row.heard <= question.after : (row) => row.heard >= question.after;
    const place = question.after ? all.filter(before).length : Math.min(all.length, Number(question.skip ?? 0));
    const isCounted = !question.q && ["state", "name", "queue", "worker"].filter((part) => question[part]).length <= 1;
    const rows = all.slice(place, place + Math.min(Number(question.most), isCounted ? 200 : 30));
    const next = place + rows.length < all.length ? rows.at(-1).heard : "";
    return { ...this.place, rows, next, total: isCounted ? all.length : null, place: isCounted ? place : null };
  }
}
