// @ts-check
/** Where lines are missing it is said, and how many. */

/** @import {LogLine} from "./log-room.js" */
/** @import {Run} from "./log-text.js" */
import { rowsOf } from "./log-text.js";

const NUMBER = new Intl.NumberFormat("en");

/** What is missing right before a line. @param {LogLine} line @param {number} columns @returns {Run[][]} */
export function gapRows({ dropped = 0, skipped = 0 }, columns) {
  const said = [];
  if (dropped) said.push(`${lines(dropped)} dropped here: more than the worker could ship`);
  if (skipped) said.push(`${lines(skipped)} not shown here: they came too fast; narrow it down, or load the page again`);
  return said.flatMap((text) => rowsOf(`\u001b[33m— ${text} —`, columns));
}

/** @param {number} count */
function lines(count) {
  return count === 1 ? "1 line" : `${NUMBER.format(count)} lines`;
}
