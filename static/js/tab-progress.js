// @ts-check
/** The browser tab's title and icon tell how far the watched task is, also while the tab is hidden. */

/** @import {Row} from "./types.js" */
import { fraction, nameParts, percent } from "./format.js";
import { groupOf, wordOf } from "./states.js";

const STEPS = 8;

/** @param {Row} row */
export function tabTitle(row) {
  const running = groupOf(row.state) === "running";
  const state = (running && percent(fraction(row))) || wordOf(row.state);
  return `${state} · ${nameParts(row.name)[1]} · Pushboard`;
}

/** The name of an icon in static/icons. @param {Row} row */
export function tabIcon(row) {
  const group = groupOf(row.state);
  if (group !== "running") return `tab-${group}.svg`;
  return `tab-${Math.floor((fraction(row) ?? 0) * STEPS)}.svg`;
}

/** @param {Row} row */
export function showInTab(row) {
  const title = tabTitle(row);
  if (document.title !== title) document.title = title;
  const link = document.querySelector('link[rel="icon"]');
  if (!(link instanceof HTMLLinkElement)) return;
  const href = link.href.replace(/[^/?]+\.svg/, tabIcon(row));
  if (link.href !== href) link.href = href;
}
