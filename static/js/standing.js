// @ts-check
/** How the page stands with the server: live, reconnecting, or offline since when. */

/** @import {Standing} from "./types.js" */

export const OFFLINE_AFTER_MS = 5000;

/**
 * @param {number | null} notLiveSince in milliseconds; null while live
 * @param {number} now in milliseconds
 * @returns {Standing}
 */
export function standingOf(notLiveSince, now) {
  if (notLiveSince === null) return "live";
  return now - notLiveSince < OFFLINE_AFTER_MS ? "reconnecting" : "offline";
}
