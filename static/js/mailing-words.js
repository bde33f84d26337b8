// @ts-check
/** How a mailing went, in words. */

/** @import {Row} from "./types.js" */
import { count, isNumber, visibleLine } from "./format.js";

const MAILING = "mail.send_mailing";

/** @param {Row} row @returns {string} empty for any other task, and before the end */
export function mailingWords(row) {
  const result = row.result;
  if (row.name !== MAILING || typeof result !== "object" || result === null) return "";
  const numbers = /** @type {Record<string, unknown>} */ (result);
  const parts = [part(numbers.sent, "sent"), part(numbers.refused, "refused"), part(numbers.not_known, "not known")];
  return parts.filter(Boolean).join(", ");
}

/** @param {unknown} value @param {string} word */
function part(value, word) {
  return isNumber(value) ? `${count(value)} ${word}` : "";
}

/** The first refused recipients with the mail server's reason, a line each. @param {Row} row */
export function mailingRefusals(row) {
  const examples = /** @type {{refused_examples?: unknown} | undefined} */ (row.result)?.refused_examples;
  return Array.isArray(examples) ? examples.map(refusal).join("\n") : "";
}

/** @param {{line?: unknown, email?: unknown, reason?: unknown}} example */
function refusal({ line, email, reason }) {
  return `Line ${visibleLine(line)}: ${visibleLine(email)}: ${visibleLine(reason)}`;
}
