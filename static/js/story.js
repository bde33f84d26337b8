// @ts-check
/** One order for what a task did and what it logged: its steps, and its lines between them. Knows no DOM and no socket. */

/** @import {Step} from "./types.js" */
/** @import {LogLine} from "./log-room.js" */

/**
 * A line in its place: before step number `slot`, and among the lines there by time, then by who logged it.
 * @typedef {{line: LogLine, slot: number, time: number, source: string}} Placed
 * @typedef {{slot: number, lines: number}} Mark a step that a run told of: how many lines the run had logged before it
 */

/**
 * How many lines come before each step, and then after the last one; and the lines in their order.
 *
 * A run counts its lines, and each step that it tells says how many there were: so these are in the order in which the
 * run did them, however long either was on its way. Where that says nothing, of another process's lines and between
 * steps that others told of, time decides, and it is never more than an estimate: a clock of its own dates a line.
 * What comes out depends on what there is alone, not on the order in which it came.
 * @param {Step[]} steps in their order @param {LogLine[]} lines @returns {LogLine[][]}
 */
export function between(steps, lines) {
  const marks = marksOf(steps);
  const earliest = steps[0]?.kind === "sent" ? 1 : 0; // nobody can log of a task that is not sent
  const times = highest(steps.map(({ at }) => at));
  const placed = [...bySource(lines)].flatMap(([source, own]) => places(source, own, marks.get(source) ?? [], times, earliest));
  placed.sort(order);
  const slots = /** @type {LogLine[][]} */ (Array.from({ length: steps.length + 1 }, () => []));
  for (const { slot, line } of placed) slots[slot].push(line);
  return slots;
}

/** @param {Step[]} steps @returns {Map<string, Mark[]>} by run */
function marksOf(steps) {
  /** @type {Map<string, Mark[]>} */ const marks = new Map();
  steps.forEach(({ run, lines }, slot) => {
    if (!run || typeof lines !== "number") return;
    const own = marks.get(run) ?? [];
    own.push({ slot, lines: Math.max(lines, own.at(-1)?.lines ?? 0) });
    marks.set(run, own);
  });
  return marks;
}

/** Each run's lines as it counted them; the others by the process that logged them. @param {LogLine[]} lines */
function bySource(lines) {
  /** @type {Map<string, LogLine[]>} */ const sources = new Map();
  for (const line of lines) {
    const source = line.run ?? `${line.worker ?? ""} ${line.pid ?? ""}`;
    const own = sources.get(source);
    if (own) own.push(line);
    else sources.set(source, [line]);
  }
  for (const own of sources.values()) own.sort((a, b) => (a.number ?? 0) - (b.number ?? 0) || (a.id < b.id ? -1 : 1));
  return sources;
}

/** @param {string} source @param {LogLine[]} lines @param {Mark[]} marks @param {number[]} times of the steps @param {number} earliest @returns {Placed[]} */
function places(source, lines, marks, times, earliest) {
  let [at, slot, time] = [0, 0, 0];
  return lines.map((line) => {
    while (at < marks.length && marks[at].lines < (line.number ?? 0)) at += 1;
    const first = at ? marks[at - 1].slot + 1 : earliest;
    const last = marks[at]?.slot ?? times.length;
    time = Math.max(time, loggedAt(line));
    slot = Math.max(slot, Math.min(Math.max(after(times, time), first), last));
    return { line, slot, time, source };
  });
}

/** It was logged before it was shipped, whatever its process's clock shows. @param {LogLine} line */
function loggedAt({ at, id }) {
  const shipped = parseInt(id, 10) / 1e6;
  return shipped < at ? shipped : at;
}

/** How many of these times are not later. @param {number[]} times @param {number} time */
function after(times, time) {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {Placed} a @param {Placed} b */
function order(a, b) {
  return a.time - b.time || compare(a.source, b.source) || (a.line.number ?? 0) - (b.line.number ?? 0) || compare(a.line.id, b.line.id);
}

/** @param {string} a @param {string} b */
function compare(a, b) {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Redis' clock may be set back: the order of steps is that of their numbers. @param {number[]} times */
function highest(times) {
  let most = -Infinity;
  return times.map((time) => (most = Math.max(most, time)));
}
