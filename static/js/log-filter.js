// @ts-check
/** Which lines are shown, as the page's address says it; the same that the server is asked. */

/** @import {LogLine} from "./log-room.js" */

export const FIELDS = ["worker", "name", "task", "level", "q"];
const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];

/** @typedef {{[field: string]: string}} LogFilter a field that is not there is any */

/** @param {URLSearchParams} given @returns {LogFilter} */
export function read(given) {
  return Object.fromEntries(FIELDS.map((field) => [field, (given.get(field) ?? "").trim().slice(0, 500)]).filter(([, text]) => text));
}

/** @param {LogFilter} filter @param {{[name: string]: string | number}} [more] @returns {string} with its question mark */
export function written(filter, more = {}) {
  const given = new URLSearchParams();
  for (const field of FIELDS) if (filter[field]) given.set(field, filter[field]);
  for (const [name, value] of Object.entries(more)) given.set(name, String(value));
  const text = given.toString();
  return text && `?${text}`;
}

/** @param {LogFilter} filter @param {LogLine} line */
export function takes(filter, line) {
  const isGap = line.text === undefined; // nobody knows what was there
  if (filter.worker && line.worker && filter.worker !== line.worker) return false;
  if (isGap) return true;
  if ((filter.name && filter.name !== line.name) || (filter.task && filter.task !== line.task)) return false;
  if (rank(line.level) < rank(filter.level ?? "DEBUG")) return false;
  return !filter.q || (line.text ?? "").toLowerCase().includes(filter.q.toLowerCase());
}

/** @param {string} [level] one that logging does not know counts as INFO */
function rank(level = "") {
  const place = LEVELS.indexOf(level.toUpperCase());
  return place < 0 ? 1 : place;
}
