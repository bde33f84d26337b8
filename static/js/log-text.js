// @ts-check
/** A line's text as rows of runs: terminal colours as kinds of ink, long lines folded, everything else visible. */

import { visible } from "./format.js";

/** @typedef {{text: string, ink: string}} Run of one ink; "" is the usual one */

const INKS = ["faint", "failed", "succeeded", "retrying", "running", "revoked", "running", "text"];
// eslint-disable-next-line no-control-regex
const COLOUR = /\u001b\[([0-9;]*)m/;
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const TAB = "    ";

/**
 * @param {string} text
 * @param {number} columns of a row
 * @returns {Run[][]} at least one row
 */
export function rowsOf(text, columns) {
  return linesOf(runsOf(text)).flatMap((line) => folded(line, Math.max(columns, 20)));
}

/** The text in pieces of one ink each. @param {string} text @returns {Run[]} */
function runsOf(text) {
  const parts = text.split(COLOUR); // text, codes, text, codes, ...
  let ink = "";
  return parts.flatMap((part, at) => {
    if (at % 2 === 0) return part ? [{ text: visible(part).replaceAll("\t", TAB), ink }] : [];
    ink = inkAfter(part, ink);
    return [];
  });
}

/** @param {string} codes as in `1;31` @param {string} ink the one before */
function inkAfter(codes, ink) {
  for (const code of codes.split(";").map(Number)) {
    if (code === 0 || code === 39) ink = "";
    if (code >= 30 && code <= 37) ink = INKS[code - 30];
    if (code >= 90 && code <= 97) ink = INKS[code - 90];
  }
  return ink;
}

/** @param {Run[]} runs @returns {Run[][]} */
function linesOf(runs) {
  /** @type {Run[][]} */
  const lines = [[]];
  for (const { text, ink } of runs) {
    text.split("\n").forEach((piece, at) => {
      if (at) lines.push([]);
      if (piece) lines[lines.length - 1].push({ text: piece, ink });
    });
  }
  return lines;
}

/** @param {Run[]} line @param {number} columns @returns {Run[][]} */
export function folded(line, columns) {
  /** @type {Run[][]} */
  const rows = [[]];
  let room = columns;
  for (const { text, ink } of line) {
    let start = 0;
    let at = 0;
    for (const sign of text) {
      const width = WIDE.test(sign) ? 2 : 1;
      if (room < width) {
        if (at > start) rows[rows.length - 1].push({ text: text.slice(start, at), ink });
        rows.push([]);
        [start, room] = [at, columns];
      }
      at += sign.length;
      room -= width;
    }
    if (at > start) rows[rows.length - 1].push({ text: text.slice(start, at), ink });
  }
  return rows;
}
