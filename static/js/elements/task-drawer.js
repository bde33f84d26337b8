// @ts-check
/** A task beside the list, at the task's own address: Back, Esc and its button close it. */

/** @import {ServerClock} from "../server-clock.js" */
/** @import {Room} from "../task-store.js" */
/** @import {TaskDetailElement} from "./task-detail.js" */
import { detailScript } from "../detail-script.js";
import { cloned, part } from "./part.js";

const WIDE = "(min-width: 1100px)";
const CHOICES = ["tab-chosen", "filters-chosen"];
const SIGNS = ["pointerover", "focusin"];

/**
 * @typedef {object} Opened a task's room that is kept as the server has it
 * @property {Room} room
 * @property {(detail: TaskDetailElement) => void} shown the drawer shows it now
 * @property {() => void} leave
 */

export class TaskDrawerElement extends HTMLElement {
  /** @type {string | null} */ #wanted = null;
  /** @type {{task: TaskDetailElement, opened: Opened, list: string, focus: Element | null, title: string, icon: string} | null} */ #now = null;
  /** @type {(taskId: string) => Opened} */ #open = () => {
    throw new Error("the drawer is not attached");
  };
  /** @type {ServerClock | null} */ #clock = null;
  #wide = matchMedia(WIDE);

  /** @param {(taskId: string) => Opened} open @param {ServerClock} clock */
  attach(open, clock) {
    [this.#open, this.#clock] = [open, clock];
    document.addEventListener("click", (event) => this.#clicked(event));
    document.addEventListener("keydown", (event) => this.#pressed(event));
    addEventListener("popstate", () => this.#moved());
    part(this, ".task-drawer-close", HTMLButtonElement).addEventListener("click", () => this.close());
    // Before the list hears of it: what it is to show goes into its own address, not into the task's.
    for (const choice of CHOICES) document.addEventListener(choice, () => this.#giveWay(), { capture: true });
    this.#wide.addEventListener("change", () => this.#wanted && location.reload());
    for (const sign of SIGNS) document.querySelector("task-list")?.addEventListener(sign, () => void detailScript(), { once: true });
  }

  close() {
    if (this.#wanted) history.back();
  }

  /** A click with a key held, or with another button, is the browser's. @param {MouseEvent} event */
  #clicked(event) {
    const link = event.target instanceof Element && event.target.closest("task-list a, task-drawer a");
    if (!(link instanceof HTMLAnchorElement) || !this.#wide.matches || event.defaultPrevented) return;
    const taskId = taskIn(link.pathname);
    if (taskId === null || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    // One step back always leads to the list, however many tasks were looked at.
    if (this.#wanted) history.replaceState({ drawer: true }, "", link.pathname);
    else this.#put(link.pathname);
    void this.#show(taskId);
  }

  /** @param {string} path */
  #put(path) {
    this.#list = location.pathname + location.search;
    history.pushState({ drawer: true }, "", path);
  }

  #list = "/";

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    this.close();
  }

  /** Back, or forward again. */
  #moved() {
    const taskId = taskIn(location.pathname);
    if (taskId === null) this.#hide();
    else if (this.#wide.matches) void this.#show(taskId);
    else location.reload();
  }

  #giveWay() {
    if (!this.#wanted) return;
    history.replaceState(null, "", this.#list);
    this.#hide();
  }

  /** @param {string} taskId */
  async #show(taskId) {
    this.#wanted = taskId;
    const script = await detailScript();
    if (this.#wanted !== taskId) return;
    if (!script) return this.#missed();
    const { TaskDetailElement } = script;
    const before = this.#now ?? { list: this.#list, focus: document.activeElement, title: document.title, icon: icon().href };
    this.#drop();
    const task = part(cloned("task-detail-template"), "task-detail", TaskDetailElement);
    part(this, ".task-drawer-body", HTMLElement).replaceChildren(task);
    const opened = this.#open(taskId);
    this.#now = { ...before, task, opened };
    if (this.#clock) task.attach(opened.room, this.#clock, opened.room.rows.get(taskId) ?? null);
    opened.shown(task);
    this.hidden = false;
    document.documentElement.toggleAttribute("data-drawer", true);
    this.scrollTop = 0;
    part(this, ".task-drawer-close", HTMLButtonElement).focus({ preventScroll: true });
  }

  /** The server can't be reached, as the page says; or could not be, and a script that has failed is not asked for again. */
  #missed() {
    if (!document.documentElement.hasAttribute("data-stale")) return location.reload();
    history.replaceState(null, "", this.#list);
    this.#wanted = null;
  }

  #hide() {
    this.#wanted = null;
    const now = this.#now;
    if (!now) return;
    this.#drop();
    this.hidden = true;
    document.documentElement.toggleAttribute("data-drawer", false);
    document.title = now.title;
    icon().href = now.icon;
    const back = now.focus?.closest("task-list") ?? now.focus;
    if (back instanceof HTMLElement && back.isConnected) back.focus({ preventScroll: true });
  }

  #drop() {
    this.#now?.task.detach();
    this.#now?.opened.leave();
    this.#now?.task.remove();
    this.#now = null;
  }
}

function icon() {
  return part(document, 'link[rel="icon"]', HTMLLinkElement);
}

/** @param {string} path @returns {string | null} */
function taskIn(path) {
  const [, id] = /^\/tasks\/([^/]+)$/.exec(path) ?? [];
  return id === undefined ? null : decodeURIComponent(id);
}

customElements.define("task-drawer", TaskDrawerElement);
