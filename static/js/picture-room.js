// @ts-check
/** A room that shows how things stand, as the server last looked: its rows are named by `id`. No DOM, no socket. */

/** @import {Answer, Frame} from "./types.js" */
import { Room } from "./task-store.js";

export class PictureRoom extends Room {
  /** @override @param {Answer} answer */
  answer(answer) {
    const whole = super.answer(keyed(answer));
    this.restarts = 0; // another web process counts anew: nothing is lost by that
    return whole;
  }

  /** @override @param {Frame} frame */
  frame(frame) {
    return super.frame(keyed(frame));
  }

  /** All rows of one kind. @param {string} kind @returns {any[]} */
  all(kind) {
    return [...this.rows.values()].filter((row) => /** @type {any} */ (row).kind === kind);
  }
}

/** @template {Answer | Frame} T @param {T} told @returns {T} */
function keyed(told) {
  return { ...told, rows: told.rows.map((row) => ({ ...row, task_id: row.task_id ?? String(row.id) })) };
}
