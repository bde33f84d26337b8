// @ts-check
/** What happened to the task, when, and how long after what was before. */

/** @import {Row} from "../types.js" */
import { duration, timeOfDay } from "../format.js";
import { timeline } from "../timeline.js";
import { cloned, part } from "./part.js";

export class TaskTimelineElement extends HTMLElement {
  #shown = "";

  /** @param {Row} row */
  set row(row) {
    const moments = timeline(row);
    const now = JSON.stringify(moments);
    if (now === this.#shown) return;
    this.#shown = now;
    part(this, "ol", HTMLOListElement).replaceChildren(...moments.map(line));
  }
}

/** @param {import("../timeline.js").Moment} moment */
function line(moment) {
  const item = cloned("task-moment-template");
  part(item, "li", HTMLLIElement).dataset.group = moment.kind;
  part(item, ".task-moment-text", HTMLElement).textContent = moment.text;
  part(item, ".task-moment-after", HTMLElement).textContent = moment.after === null ? "" : `after ${duration(moment.after)}`;
  const time = part(item, "time", HTMLTimeElement);
  time.textContent = timeOfDay(moment.at);
  time.dateTime = new Date(moment.at * 1000).toISOString();
  return item;
}

customElements.define("task-timeline", TaskTimelineElement);
