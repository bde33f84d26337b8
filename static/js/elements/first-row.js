// @ts-check
/** What came with a task's page, before any connection. */

/** @import {ServerClock} from "../server-clock.js" */
/** @import {Row} from "../types.js" */
import { part } from "./part.js";

/** The row that came with the page: shown before any connection. @param {ServerClock} clock @returns {Row} */
export function firstRow(clock) {
  const told = part(document, "#task-row", HTMLScriptElement);
  clock.told(Number(told.dataset.now));
  const row = JSON.parse(told.textContent ?? "{}");
  for (const field of Object.keys(row)) if (row[field] === null) delete row[field];
  return row;
}
