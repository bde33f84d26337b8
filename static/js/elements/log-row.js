// @ts-check
/** One row of a view of log lines: a plain element of its pool, which shows now this, now that. */

/** @import {Entry, Place} from "../log-lines.js" */
/** @import {LogLine} from "../log-room.js" */
import { timeOfDay, visibleLine } from "../format.js";
import { cloned, part } from "./part.js";

export class LogRow {
  /** @param {HTMLElement} body */
  constructor(body) {
    const copy = cloned("log-row");
    this.element = part(copy, ".log-row", HTMLElement);
    this.time = part(copy, ".log-time", HTMLTimeElement);
    this.level = part(copy, ".log-level", HTMLElement);
    this.source = part(copy, ".log-source", HTMLElement);
    this.task = part(copy, ".log-task", HTMLAnchorElement);
    this.text = part(copy, ".log-text", HTMLElement);
    this.more = part(copy, ".log-more", HTMLButtonElement);
    this.shown = "";
    body.append(copy);
  }

  /** @param {Place} place @param {number} top */
  show({ entry, at }, top) {
    this.element.hidden = false;
    this.element.style.transform = `translateY(${top}px)`;
    if (this.element.dataset.later !== String(entry.later ?? false)) this.element.dataset.later = String(entry.later ?? false);
    const shown = `${entry.line.id} ${at} ${entry.more} ${entry.rows.length} ${entry.button ?? ""} ${entry.said ?? ""}`;
    if (shown === this.shown) return;
    this.shown = shown;
    this.#head(at === 0 ? entry.line : null, entry.line);
    this.time.title = fullTime(entry);
    this.text.replaceChildren(...entry.rows[at].map(({ text, ink }) => inked(text, ink)));
    const isLast = at === entry.rows.length - 1;
    this.element.dataset.kind = entry.kind ?? "line";
    this.element.dataset.group = entry.group ?? "";
    this.element.dataset.first = at === 0 ? "yes" : "no";
    this.more.hidden = !(isLast && (entry.more || entry.button));
    this.more.textContent = entry.button ?? `… ${entry.more} more`;
    this.more.dataset.id = entry.line.id;
  }

  /** What stands before the text, on a line's first row alone. @param {LogLine | null} line @param {LogLine} of */
  #head(line, of) {
    this.element.dataset.level = of.level ?? "";
    this.time.dateTime = line ? new Date(line.at * 1000).toISOString() : "";
    this.time.textContent = line && line.at ? timeOfDay(line.at) : "";
    this.level.textContent = line?.level ?? "";
    this.source.textContent = line ? visibleLine(`${line.worker ?? ""}${line.pid ? ` ${line.pid}` : ""}`) : "";
    this.source.title = line ? visibleLine(`${line.worker ?? ""} · ${line.process ?? ""} · process ${line.pid ?? "?"} · ${line.logger ?? ""}`) : "";
    this.task.textContent = line?.task ? visibleLine(line.name ?? line.task) : "";
    if (line?.task) this.task.href = `/tasks/${encodeURIComponent(line.task)}`;
    else this.task.removeAttribute("href");
  }
}

/** @param {string} text @param {string} ink */
function inked(text, ink) {
  if (!ink) return new Text(text);
  const span = document.createElement("span");
  span.dataset.ink = ink;
  span.textContent = text;
  return span;
}

/** Of a line it would be made anew for thousands a second. @param {Entry} entry */
function fullTime({ kind = "line", line }) {
  if (kind === "line" || !line.at) return "";
  return new Date(line.at * 1000).toLocaleString("en", { dateStyle: "full", timeStyle: "long" });
}
