// @ts-check
/** The rows of the room `workers`: workers and queues, as the server last looked. Knows no DOM and no socket. */

import { PictureRoom } from "./picture-room.js";

/**
 * @typedef {{task_id: string, name: string, since?: number, state?: string}} Running
 * @typedef {object} WorkerRow a worker; what is not known is absent
 * @property {string} id
 * @property {"worker"} kind
 * @property {string} name
 * @property {number} [pid]
 * @property {string} [pool]
 * @property {number} [slots]
 * @property {number} [busy]
 * @property {string[]} queues
 * @property {number} [started_at]
 * @property {number} [done]
 * @property {number} [per_minute]
 * @property {{main: number | null, pool: number | null}} memory
 * @property {Running[]} running
 * @property {"online" | "offline" | "stopped"} standing
 * @property {number} [gone_since]
 *
 * @typedef {object} QueueRow a queue; what is not known is absent
 * @property {string} id
 * @property {"queue"} kind
 * @property {string} name
 * @property {number} [waiting]
 * @property {number} [next_sent_at]
 * @property {number} workers
 * @property {number} [came]
 * @property {number} [went]
 */

const STANDINGS = ["offline", "online", "stopped"];

export class FleetRoom extends PictureRoom {
  constructor() {
    super("workers");
  }

  /** @returns {WorkerRow[]} those first that somebody should look after */
  get workers() {
    const rows = /** @type {WorkerRow[]} */ (this.all("worker"));
    return rows.sort((a, b) => STANDINGS.indexOf(a.standing) - STANDINGS.indexOf(b.standing) || byName(a, b));
  }

  /** @returns {QueueRow[]} */
  get queues() {
    return /** @type {QueueRow[]} */ (this.all("queue")).sort(byName);
  }
}

/** @param {{name: string}} a @param {{name: string}} b */
function byName(a, b) {
  return a.name < b.name ? -1 : Number(a.name > b.name);
}
