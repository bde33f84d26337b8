// @ts-check
/** The lines of one of the rooms of logs, the newest of them. Knows no DOM and no socket. */

/** @import {Answer, Frame} from "./types.js" */
import { Room } from "./task-store.js";

export const KEPT_LINES = 2000;

/**
 * @typedef {object} LogLine what is not known is absent
 * @property {string} id where it is among all, in their order
 * @property {number} at seconds since 1970
 * @property {string} [level]
 * @property {string} [logger]
 * @property {string} worker
 * @property {number} pid
 * @property {string} process
 * @property {string} [text]
 * @property {string} [task]
 * @property {string} [name] the task's
 * @property {string} [run] of the task
 * @property {number} [number] which line of that run it is
 * @property {number} [dropped] so many lines right before it did not fit
 * @property {number} [skipped] no line: so many came too fast to be sent
 */

export class LogRoom extends Room {
  /** @override @param {Answer} answer */
  answer(answer) {
    const whole = super.answer(keyed(answer));
    this.restarts = 0; // lines that have come are true, whatever became of Redis
    this.#bound();
    return whole;
  }

  /** @override @param {Frame} frame */
  frame(frame) {
    const taken = super.frame(keyed(frame));
    this.#bound();
    return taken;
  }

  /** All that are kept, oldest first. @returns {LogLine[]} */
  get lines() {
    return /** @type {any[]} */ ([...this.rows.values()]);
  }

  #bound() {
    for (const id of this.rows.keys()) {
      if (this.rows.size <= KEPT_LINES) return;
      this.rows.delete(id);
    }
  }
}

/**
 * A line is a row that never changes, named by its place. What was skipped is told as a line of its own, in its place.
 * @template {Answer | Frame} T @param {T} told @returns {T}
 */
function keyed(told) {
  const { skipped = 0, prev = "" } = /** @type {{skipped?: number, prev?: string}} */ (told);
  const place = `${prev}+`;
  const gap = skipped ? [{ id: place, offset: place, skipped, at: Number(told.rows[0]?.at ?? 0) }] : [];
  const rows = [...gap, ...told.rows].map((/** @type {{[field: string]: unknown}} */ row) => ({ ...row, task_id: String(row.id), state: String(row.level ?? "-") }));
  return { ...told, rows, skipped: 0 };
}
