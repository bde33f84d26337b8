// @ts-check
/** What stands in a task's story, as it stands there: a step, a log line, or that something is missing. */

/** @import {Entry} from "./log-lines.js" */
/** @import {LogLine} from "./log-room.js" */
/** @import {Run} from "./log-text.js" */
/** @import {Step} from "./types.js" */
import { count, duration, visibleLine } from "./format.js";
import { folded } from "./log-text.js";
import { kindOf, wordsOf } from "./step-words.js";

const MAIL = "pushboard.mail";
/** Words are narrower than the log's letters. */
const WORDS_WIDTH = 1.1;

/** @typedef {Entry & {id: string, at: number, words: string, steps: number}} Moment what one can go back to; steps: how many there were by then */

/** @param {Step} step @param {number} place among the steps @param {Step | undefined} before it @param {number} columns @returns {Moment} */
export function stepMoment(step, place, before, columns) {
  const { group, text, detail } = wordsOf(step);
  const waited = before ? `after ${duration(Math.max(0, step.at - before.at))}` : "";
  const runs = [{ text, ink: "strong" }, { text: detail && `· ${detail}`, ink: "" }, { text: waited, ink: "faint" }];
  const line = /** @type {LogLine} */ ({ id: `step ${step.n}`, at: step.at });
  const kind = step.kind === "started" ? "attempt" : kindOf(step);
  const words = detail ? `${text}: ${detail}` : text;
  const rows = wrapped(runs, Math.floor(columns * WORDS_WIDTH));
  return { line, rows, more: 0, id: line.id, at: step.at, words, steps: place + 1, kind, group, said: JSON.stringify(runs) };
}

/** @param {Entry} entry @param {number} steps @returns {Moment} */
export function lineMoment(entry, steps) {
  const { id, at, logger, text } = entry.line;
  const words = text === undefined ? entry.rows.flat().map((run) => run.text).join("") : visibleLine(text);
  return Object.assign(entry, { id, at, words: words.slice(0, 200), steps, kind: logger === MAIL ? "mail" : "line" });
}

/** @param {string} id @param {string} text @param {number} columns @param {string} [button] @returns {Entry} */
export function gap(id, text, columns, button) {
  const line = /** @type {LogLine} */ ({ id, at: 0 });
  return { line, rows: wrapped([{ text, ink: "" }], columns), more: 0, kind: "gap", button, said: text };
}

/** @param {number} steps */
export function stepsLeftOut(steps) {
  return `${count(steps)} ${steps === 1 ? "step is" : "steps are"} left out here: the first 20 and the last 40 are kept`;
}

/** Words on rows; one that is too long for a row is folded. @param {Run[]} runs @param {number} columns @returns {Run[][]} */
function wrapped(runs, columns) {
  const words = runs.flatMap(({ text, ink }) => text.split(" ").filter(Boolean).map((word) => ({ text: word, ink })));
  /** @type {Run[][]} */ const rows = [[]];
  let room = columns;
  for (const word of words.flatMap((one) => folded([one], columns).map(([piece]) => piece))) {
    if (room < word.text.length && room < columns) room = rows.push([]) && columns;
    const row = rows[rows.length - 1];
    row.push({ text: row.length ? ` ${word.text}` : word.text, ink: word.ink });
    room -= word.text.length + 1;
  }
  return rows;
}
