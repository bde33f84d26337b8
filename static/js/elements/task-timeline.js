// @ts-check
/** What happened to the task, when, and how long after what was before. */

/** @import {Row} from "../types.js" */
/** @import {Moment} from "../timeline.js" */
import { duration, timeOfDay } from "../format.js";
import { timeline } from "../timeline.js";
import { cloned, part, showIf } from "./part.js";

export class TaskTimelineElement extends HTMLElement {
  /** @type {string[]} */ #shown = [];

  /** Lines that stay the same stay where they are: somebody may be selecting one. @param {Row} row */
  set row(row) {
    const moments = timeline(row);
    const texts = moments.map((moment) => JSON.stringify(moment));
    const list = part(this, "ol", HTMLOListElement);
    const same = texts.findIndex((text, i) => text !== this.#shown[i]);
    const keep = same < 0 ? texts.length : same;
    if (keep === texts.length && keep === this.#shown.length) return;
    while (list.children.length > keep) list.lastElementChild?.remove();
    list.append(...moments.slice(keep).map(line));
    this.#shown = texts;
    showIf(this, moments.length > 0);
  }
}

/** @param {Moment} moment */
function line(moment) {
  const item = cloned("task-moment-template");
  const row = part(item, "li", HTMLLIElement);
  row.dataset.group = moment.group;
  row.dataset.moment = moment.at === null ? "no" : "yes";
  part(item, ".task-moment-text", HTMLElement).textContent = moment.text;
  part(item, ".task-moment-after", HTMLElement).textContent = moment.after === null ? "" : `after ${duration(moment.after)}`;
  part(item, ".task-moment-detail", HTMLElement).textContent = moment.detail;
  tell(part(item, "time", HTMLTimeElement), moment.at);
  return item;
}

/** @param {HTMLTimeElement} time @param {number | null} at */
function tell(time, at) {
  showIf(time, at !== null);
  if (at === null) return;
  const date = new Date(at * 1000);
  time.textContent = timeOfDay(at);
  time.dateTime = date.toISOString();
  time.title = date.toLocaleString("en", { dateStyle: "full", timeStyle: "long" });
}

customElements.define("task-timeline", TaskTimelineElement);
