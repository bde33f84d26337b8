// @ts-check
/** The rows of log lines that are in view: a pool of plain elements, each on its place. */

/** @import {LogLines, Place} from "../log-lines.js" */
/** @import {LogLine} from "../log-room.js" */
import { visibleLine } from "../format.js";
import { windowOf } from "../task-list.js";
import { cloned, part } from "./part.js";

class LogRow {
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
    const shown = `${entry.line.id} ${at} ${entry.more} ${entry.rows.length}`;
    if (shown === this.shown) return;
    this.shown = shown;
    this.#head(at === 0 ? entry.line : null, entry.line);
    this.text.replaceChildren(...entry.rows[at].map(({ text, ink }) => inked(text, ink)));
    const isLast = at === entry.rows.length - 1;
    this.more.hidden = !(isLast && entry.more);
    this.more.textContent = `… ${entry.more} more`;
    this.more.dataset.id = entry.line.id;
  }

  /** What stands before the text, on a line's first row alone. @param {LogLine | null} line @param {LogLine} of */
  #head(line, of) {
    this.element.dataset.level = of.level ?? "";
    this.time.dateTime = line ? new Date(line.at * 1000).toISOString() : "";
    this.time.textContent = line && line.at ? clock(line.at) : "";
    this.level.textContent = line?.level ?? "";
    this.source.textContent = line ? visibleLine(`${line.worker ?? ""}${line.pid ? ` ${line.pid}` : ""}`) : "";
    this.source.title = line ? visibleLine(`${line.worker ?? ""} · ${line.process ?? ""} · process ${line.pid ?? "?"} · ${line.logger ?? ""}`) : "";
    this.task.textContent = line?.task ? visibleLine(line.name ?? line.task) : "";
    if (line?.task) this.task.href = `/tasks/${encodeURIComponent(line.task)}`;
    else this.task.removeAttribute("href");
  }
}

export class LogRows {
  /** @type {LogRow[]} */ #pool = [];
  #body;
  #height = 0;

  /** @param {HTMLElement} body @param {(id: string) => void} toggle */
  constructor(body, toggle) {
    this.#body = body;
    body.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest(".log-more") : null;
      if (button instanceof HTMLElement && button.dataset.id) toggle(button.dataset.id);
    });
  }

  get height() {
    this.#height ||= parseFloat(getComputedStyle(this.#body).getPropertyValue("--log-row-height")) || 20;
    return this.#height;
  }

  /** How many characters of text stand on a row. @param {number} width in pixels */
  columns(width) {
    const style = getComputedStyle(this.#body);
    const character = parseFloat(style.getPropertyValue("--log-character")) || 7.5;
    const head = parseFloat(style.getPropertyValue("--log-head")) || 0;
    return Math.max(20, Math.floor((width - head) / character) - 2);
  }

  /** Whether the last row is in view. @param {HTMLElement} scroll */
  isAtEnd({ scrollTop, clientHeight, scrollHeight }) {
    return scrollTop + clientHeight >= scrollHeight - this.height;
  }

  /** @param {LogLines} lines @param {HTMLElement} scroll @param {boolean} toEnd */
  paint(lines, scroll, toEnd) {
    this.#body.style.height = `${lines.length * this.height}px`;
    if (toEnd) scroll.scrollTop = scroll.scrollHeight;
    const [first, last] = windowOf(scroll.scrollTop, scroll.clientHeight, this.height, lines.length);
    this.#show(lines.between(first, last), first);
  }

  /** @param {Place[]} places @param {number} first the row of the first of them */
  #show(places, first) {
    while (this.#pool.length < places.length) this.#pool.push(new LogRow(this.#body));
    this.#pool.forEach((row, at) => {
      const place = places[at];
      if (place) row.show(place, (first + at) * this.height);
      else row.element.hidden = true;
    });
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

/** @param {number} at @returns {string} 14:03:07.250 */
function clock(at) {
  const time = new Date(at * 1000);
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${String(time.getMilliseconds()).padStart(3, "0")}`;
}
