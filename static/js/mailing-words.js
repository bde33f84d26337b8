// @ts-check
/** How a mailing went, in words. */

/** @import {Row} from "./types.js" */
import { count, isNumber } from "./format.js";

const MAILING = "mail.send_mailing";

/** @param {Row} row @returns {string} empty for any other task, and before the end */
export function mailingWords(row) {
  const result = row.result;
  if (row.name !== MAILING || typeof result !== "object" || result === null) return "";
  const numbers = /** @type {Record<string, unknown>} */ (result);
  const parts = [part(numbers.sent, "sent"), part(numbers.refused, "refused"), part(numbers.not_known, "not known")];
  return parts.filter(Boolean).join(", ");
}

/** A list of the recipients, or their number. @param {unknown} value @param {string} word */
function part(value, word) {
  const number = Array.isArray(value) ? value.length : value;
  return isNumber(number) ? `${count(number)} ${word}` : "";
}
