// @ts-check
/** The rows of one room by their ids; of the board the newest ones, as its tasks never end to come. */

/** @import {Counts, Row} from "./types.js" */
import { heardOf, merged } from "./row.js";

/** How many are kept; when there are twice as many, the oldest go. */
export const KEPT_ROWS = 1000;

/** @extends {Map<string, Row>} */
export class RowTable extends Map {
  /** Of the tasks that were heard of before it, none is kept; "": all there are are here. */
  floor = "";

  /**
   * The rows of a snapshot.
   * @param {Iterable<any>} rows
   * @param {Counts} [counts] how many there are altogether
   */
  static of(rows, counts = {}) {
    const table = new RowTable();
    for (const row of rows) table.set(row.task_id, merged(row));
    const all = Object.values(counts).reduce((sum, number) => sum + number, 0);
    if (all > table.size) table.floor = table.#lowest();
    return table;
  }

  /** @param {Row} row @returns {boolean} whether it is kept */
  keep(row) {
    if (this.floor && heardOf(row) < this.floor) return false;
    this.set(row.task_id, row);
    return true;
  }

  bound() {
    if (this.size < 2 * KEPT_ROWS) return;
    const oldest = [...this.values()].sort((a, b) => (heardOf(a) < heardOf(b) ? -1 : 1)).slice(0, -KEPT_ROWS);
    for (const row of oldest) this.delete(row.task_id);
    this.floor = this.#lowest();
  }

  #lowest() {
    return [...this.values()].map(heardOf).reduce((low, heard) => (low && low < heard ? low : heard), "");
  }
}
