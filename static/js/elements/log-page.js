// @ts-check
/** The page of logs: its filters stand in the address; pause, go to a time, take what is shown with you. */

/** @import {LogFilter} from "../log-filter.js" */
/** @import {LogRoom} from "../log-room.js" */
import { FIELDS, read, written } from "../log-filter.js";
import { LogViewElement } from "./log-view.js";
import { TextPart, part } from "./part.js";

const TYPING_MS = 300;
const NUMBER = new Intl.NumberFormat("en");

export class LogPageElement extends HTMLElement {
  #view = part(this, "log-view", LogViewElement);
  #form = part(this, "form", HTMLFormElement);
  #pause = part(this, ".log-pause", HTMLButtonElement);
  #kept = new TextPart(this, ".log-kept");
  #typing = 0;

  connectedCallback() {
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#form.addEventListener("input", (event) => this.#changed(event.target));
    this.#pause.addEventListener("click", () => (this.#view.following ? this.#view.follow(false) : this.#view.resume()));
    this.#view.addEventListener("log-following", () => this.#stand());
    this.#view.addEventListener("log-kept", (event) => this.#tellKept(/** @type {CustomEvent} */ (event).detail));
    this.addEventListener("click", (event) => this.#download(event.target));
    addEventListener("popstate", () => this.#fromAddress());
    addEventListener("keydown", (event) => this.#search(event));
    this.#fromAddress();
  }

  /** @param {LogRoom} room */
  attach(room) {
    this.#view.attach(room);
  }

  /** @returns {LogFilter} */
  get #filter() {
    return read(new URLSearchParams(/** @type {any} */ (new FormData(this.#form))));
  }

  #fromAddress() {
    const filter = read(new URLSearchParams(location.search));
    for (const field of FIELDS) this.#field(field).value = filter[field] ?? "";
    void this.#view.ask(filter);
  }

  /** @param {string} name @returns {HTMLInputElement | HTMLSelectElement} */
  #field(name) {
    return /** @type {any} */ (this.#form.elements.namedItem(name));
  }

  /** @param {EventTarget | null} field */
  #changed(field) {
    clearTimeout(this.#typing);
    if (field instanceof HTMLInputElement && field.name === "at") return this.#goTo(field.value);
    this.#typing = setTimeout(() => {
      history.replaceState(null, "", location.pathname + written(this.#filter));
      void this.#view.ask(this.#filter);
    }, field instanceof HTMLSelectElement ? 0 : TYPING_MS);
  }

  /** @param {string} local as the field has it, in the browser's time zone */
  #goTo(local) {
    const at = Date.parse(local);
    void this.#view.ask(this.#filter, Number.isNaN(at) ? "" : String(at * 1000));
  }

  #stand() {
    this.#pause.textContent = this.#view.following ? "Pause" : "Resume";
    this.#pause.setAttribute("aria-pressed", String(!this.#view.following));
    if (this.#view.following) this.#field("at").value = "";
  }

  /** @param {import("../log-history.js").Kept} kept */
  #tellKept({ lines, bytes, since, limits }) {
    const from = since ? `, since ${new Date(since * 1000).toLocaleString()}` : "";
    const size = `${NUMBER.format(Math.ceil(bytes / 1024))} KB`;
    this.#kept.set(`Kept: ${NUMBER.format(lines)} of at most ${NUMBER.format(limits.lines)} lines, ${size}${from}.`);
  }

  /** @param {EventTarget | null} target */
  #download(target) {
    const button = target instanceof HTMLElement ? target.closest("[data-download]") : null;
    if (!(button instanceof HTMLElement)) return;
    const kind = button.dataset.download ?? "txt";
    const lines = this.#view.lines.lines.map((line) => (kind === "jsonl" ? JSON.stringify(line) : asText(line)));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\n"), "\n"], { type: "text/plain" }));
    link.download = `logs.${kind}`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  /** "/" goes to the search, as on every page. @param {KeyboardEvent} event */
  #search(event) {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#field("q").focus();
  }
}

/** @param {import("../log-room.js").LogLine} line */
function asText({ at, level = "", worker, name = "", task = "", text = "" }) {
  const of = task ? ` ${name}[${task}]` : "";
  return `${new Date(at * 1000).toISOString()} ${level.padEnd(7)} ${worker}${of} ${text}`;
}

customElements.define("log-page", LogPageElement);
