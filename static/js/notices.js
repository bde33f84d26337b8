// @ts-check
/** The browser's notifications: whether they are allowed, what they say, and what a click on one does. */

/** @import {Row} from "./types.js" */
import { duration, isNumber, nameParts, visibleLine } from "./format.js";
import { wordOf } from "./states.js";

const LONGEST = 200;

/** @typedef {"granted" | "denied" | "default" | "insecure" | "unsupported"} Permission */

const PERMISSION_WORDS = {
  granted: "A notification will tell you, once, if a tab of this browser is open then.",
  denied: "This browser does not allow this site to notify you. You can change that in its settings for this site, or give an e-mail address.",
  default: "Notifications were not allowed. Press the button again, or give an e-mail address.",
  insecure: "Browsers show notifications of pages over https only. An e-mail works all the same.",
  unsupported: "This browser shows no notifications of pages. An e-mail works all the same.",
};

/** @param {Permission} permission */
export function permissionWords(permission) {
  return PERMISSION_WORDS[permission];
}

/** @param {Row} row @returns {{title: string, body: string}} */
export function noticeWords(row) {
  const took = isNumber(row.started_at) && isNumber(row.ended_at) ? `Took ${duration(row.ended_at - row.started_at)}` : "";
  const said = visibleLine(row.summary ?? row.note ?? "");
  const body = [said.length > LONGEST ? `${said.slice(0, LONGEST - 1)}…` : said, took].filter(Boolean).join("\n");
  return { title: `${wordOf(row.state)}: ${nameParts(row.name).join("")}`, body };
}

/** Ask the person, if the browser lets us; to be called while a press of a button is handled. @returns {Promise<Permission>} */
export async function askPermission() {
  const known = permission();
  if (known !== "default") return known;
  try {
    return await Notification.requestPermission();
  } catch {
    return "unsupported";
  }
}

/** @returns {Permission} */
export function permission() {
  if (!globalThis.isSecureContext) return "insecure";
  return "Notification" in globalThis ? Notification.permission : "unsupported";
}

/** @param {Row} row */
export function ring(row) {
  const { title, body } = noticeWords(row);
  const path = `/tasks/${encodeURIComponent(row.task_id)}`;
  try {
    const notice = new Notification(title, { body, tag: `pushboard-${row.task_id}` });
    notice.addEventListener("click", () => {
      notice.close();
      open(path);
    });
  } catch {
    // Not allowed any more, or Chrome on Android, which knows them only of service workers.
  }
}

/** This tab, if it shows the task; else another. @param {string} path */
function open(path) {
  window.focus();
  if (location.pathname !== path) window.open(path, "_blank", "noopener");
}
