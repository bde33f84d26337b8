// @ts-check
/** The steps that a task's row has (docs/protocol.md), in the order in which they happened. */

/** @import {Row, Step} from "./types.js" */
import { isNumber } from "./format.js";

const MOST_STEPS = 60;

/** @param {Row} row @returns {Step[]} */
export function stepsOf(row) {
  const found = Array.from({ length: MOST_STEPS }, (_, slot) => /** @type {any} */ (row)[`step${slot}`]);
  const steps = found.filter((step) => step && isNumber(step.n) && isNumber(step.at)).sort((a, b) => a.n - b.n);
  return steps.sort((a, b) => place(a, steps) - place(b, steps) || a.n - b.n);
}

/** What came before a start may be told of after it: it has the start's very time then. @param {Step} step @param {Step[]} steps */
function place(step, steps) {
  if (step.kind === "sent") return -1;
  if (step.kind !== "received") return step.n;
  const start = steps.find(({ kind, at, n }) => kind === "started" && at === step.at && n < step.n);
  return start ? start.n - 0.5 : step.n;
}

/** How many steps are not kept any more, and before which one they were. @param {Step[]} steps @returns {{count: number, before: number}} */
export function leftOut(steps) {
  const numbers = steps.map(({ n }) => n).sort((a, b) => a - b);
  const count = numbers.length ? numbers[numbers.length - 1] + 1 - numbers.length : 0;
  return { count, before: numbers.find((n, at) => n !== at) ?? -1 };
}
