// @ts-check
/** What one task has logged, in all its attempts; followed once somebody opens it. */

import { LogRoom } from "../log-room.js";
import { LogViewElement } from "./log-view.js";
import { part } from "./part.js";

export class TaskLogElement extends HTMLElement {
  /** @type {{room: LogRoom, leave: () => void} | null} */ #followed = null;

  connectedCallback() {
    const details = part(this, "details", HTMLDetailsElement);
    details.addEventListener("toggle", () => details.open && this.#open());
  }

  disconnectedCallback() {
    this.#followed?.leave();
    this.#followed = null;
  }

  /** A task's page, and the drawer that shows it, stand at the task's own address. */
  #open() {
    if (this.#followed) return;
    const taskId = decodeURIComponent(location.pathname.replace(/^\/tasks\//, ""));
    part(this, ".task-log-all", HTMLAnchorElement).href = `/logs?task=${encodeURIComponent(taskId)}`;
    this.#followed = { room: new LogRoom(`logs:task:${taskId}`), leave: () => {} };
    part(this, "log-view", LogViewElement).show(this.#followed.room);
    this.dispatchEvent(new CustomEvent("room-wanted", { bubbles: true, detail: this.#followed }));
  }
}

customElements.define("task-log", TaskLogElement);
