// @ts-check
/** Values of tasks in words and digits that are safe and honest to show. */

/** @import {Row} from "./types.js" */

const INTEGER = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)/g;
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
const HIDING = "[\\u0080-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]";
/** Joiners belong into an emoji made of several, and into some scripts; between Latin letters they would only hide. */
const JOINED_SCRIPTS = `[${["Arab", "Syrc", "Mong", "Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym", "Sinh"].map((name) => `\\p{sc=${name}}`).join("")}]`;
const JOINED_EMOJI = "(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})";
const JOINED = `${JOINED_EMOJI}|(?<=${JOINED_SCRIPTS})[\\u200c\\u200d](?=${JOINED_SCRIPTS})`;
const INVISIBLE = new RegExp(`(?=${HIDING})(?!${JOINED}).`, "gsu");
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Text of a task without terminal colours, and with everything that could hide or turn text round made visible.
 * Tabs and line ends stay.
 * @param {unknown} value
 * @returns {string}
 */
export function visible(value) {
  if (value === null || value === undefined) return "";
  return String(value)
    .replace(ESCAPES, "")
    .replace(/\r\n/g, "\n")
    .replace(CONTROLS, (sign) => (sign === "\u007f" ? "\u2421" : String.fromCharCode(0x2400 + sign.charCodeAt(0))))
    .replace(INVISIBLE, (sign) => `[U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`)
    .replace(LONE, "\ufffd");
}

/** The same on one line. @param {unknown} value */
export function visibleLine(value) {
  return visible(value).replace(/[\n\t]+/g, " ");
}

/** Any JSON value, indented; text without its quotes. @param {unknown} value */
export function pretty(value) {
  return visible(typeof value === "string" ? value : JSON.stringify(value, null, 2));
}

/** @param {unknown} value @returns {value is number} */
export function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

/** @param {unknown} value */
export function count(value) {
  return isNumber(value) ? INTEGER.format(value) : "";
}

/**
 * How far a task is, from 0 to 1; null where that cannot be said.
 * @param {Row} row
 * @returns {number | null}
 */
export function fraction(row) {
  if (!isNumber(row.current) || !isNumber(row.total) || row.total <= 0) return null;
  return Math.min(1, Math.max(0, row.current / row.total));
}

/** Rounded down: 100 % means that nothing is left. @param {number | null} part */
export function percent(part) {
  return part === null ? "" : `${Math.floor(part * 100 + 1e-9)}%`;
}

/** `115 of 1,280`, `115` where there is no total to speak of, or nothing. @param {Row} row */
export function amount(row) {
  if (!isNumber(row.current)) return "";
  return isNumber(row.total) && row.total > 0 ? `${count(row.current)} of ${count(row.total)}` : count(row.current);
}

/**
 * Digits that tick: `0:09`, `1:12`, `1:02:03`, `3 d 04:05:06`; blank below a second or where unknown.
 * @param {number | null | undefined} seconds
 */
export function clock(seconds) {
  if (!isNumber(seconds) || seconds < 1) return "";
  const s = Math.floor(seconds);
  const [days, hours, minutes] = [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60];
  const rest = `${two(minutes)}:${two(s % 60)}`;
  if (days) return `${count(days)} d ${two(hours)}:${rest}`;
  return hours ? `${hours}:${rest}` : `${minutes}:${two(s % 60)}`;
}

/** In words: `20 ms`, `0.4 s`, `41 s`, `3 min 5 s`, `2 h 5 min`, `3 d 2 h`. @param {number} seconds */
export function duration(seconds) {
  if (!isNumber(seconds)) return "";
  const s = Math.max(0, seconds);
  if (s < 0.0005) return "0 s";
  if (s < 0.1) return `${Math.round(s * 1000)} ms`;
  if (s < 59.95) return `${(s < 10 ? s.toFixed(1) : s.toFixed(0)).replace(/\.0$/, "")} s`;
  return longDuration(Math.round(s));
}

/** @param {number} s */
function longDuration(s) {
  if (s < 3600) return pair(Math.floor(s / 60), "min", s % 60, "s");
  if (s < 86400) return pair(Math.floor(s / 3600), "h", Math.floor(s / 60) % 60, "min");
  return pair(Math.floor(s / 86400), "d", Math.floor(s / 3600) % 24, "h");
}

/** @param {number} big @param {string} bigUnit @param {number} small @param {string} smallUnit */
function pair(big, bigUnit, small, smallUnit) {
  return small ? `${count(big)} ${bigUnit} ${small} ${smallUnit}` : `${count(big)} ${bigUnit}`;
}

/** @param {number} value */
function two(value) {
  return String(value).padStart(2, "0");
}

/** Local time of day with milliseconds: `14:05:41.120`. @param {number} at seconds since 1970 */
export function timeOfDay(at) {
  const date = new Date(at * 1000);
  return `${hourMinute(date)}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** `14:03` @param {Date} date */
export function hourMinute(date) {
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/**
 * `media.transcode_video` → the dimmed module and the bold function.
 * @param {string | undefined} name
 * @returns {[string, string]}
 */
export function nameParts(name) {
  const text = visibleLine(name ?? "unnamed task");
  const dot = text.lastIndexOf(".") + 1;
  return [text.slice(0, dot), text.slice(dot)];
}
