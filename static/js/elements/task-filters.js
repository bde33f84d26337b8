// @ts-check
/** The list's search and filters. A choice is an event `filters-chosen` {question, typing}. */

/** @import {Question} from "../task-query.js" */
import { count, visibleLine } from "../format.js";
import { EVERYTHING, filterCount } from "../task-query.js";
import { TextPart, part, showIf } from "./part.js";

const TYPING_PAUSE_MS = 200;
const LISTED = /** @type {const} */ (["name", "queue", "worker"]);
const TIMES = /** @type {const} */ (["since", "until"]);

export class TaskFiltersElement extends HTMLElement {
  /** @type {Question} */ #question = EVERYTHING;
  #typing = 0;
  #asked = false;
  #number = new TextPart(this, ".task-filters-number");

  connectedCallback() {
    this.#search.addEventListener("input", () => this.#typed());
    this.addEventListener("change", (event) => event.target !== this.#search && this.#choose(false));
    this.addEventListener("submit", (event) => this.#submitted(event));
    part(this, ".task-filters-clear", HTMLButtonElement).addEventListener("click", () => this.#clear());
    this.#toggle.addEventListener("click", () => this.#open(this.#toggle.getAttribute("aria-expanded") === "false"));
    document.addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** Show what is asked. @param {Question} question */
  set question(question) {
    const typing = document.activeElement === this.#search && this.#typing !== 0;
    this.#question = question;
    if (!typing && this.#search.value !== question.q) this.#search.value = question.q;
    for (const name of LISTED) choose(this.#field(name), question[name]);
    for (const name of TIMES) this.#input(name).value = localTime(question[name]);
    this.#field("order").value = question.order;
    const chosen = filterCount(question);
    if (chosen) this.#open(true);
    this.#number.set(chosen ? `(${chosen})` : "");
    showIf(part(this, ".task-filters-clear", HTMLElement), chosen > 0 || question.q !== "" || question.order !== "");
  }

  get #toggle() {
    return part(this, ".task-filters-toggle", HTMLButtonElement);
  }

  /** @param {boolean} open */
  #open(open) {
    this.#toggle.setAttribute("aria-expanded", String(open));
    showIf(part(this, ".task-filters-fields", HTMLElement), open);
    if (open) void this.#offerValues();
  }

  get #search() {
    return part(this, 'input[type="search"]', HTMLInputElement);
  }

  /** @param {string} name */
  #field(name) {
    return part(this, `select[name="${name}"]`, HTMLSelectElement);
  }

  /** @param {string} name */
  #input(name) {
    return part(this, `input[name="${name}"]`, HTMLInputElement);
  }

  #typed() {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      this.#typing = 0;
      this.#choose(true);
    }, TYPING_PAUSE_MS);
  }

  /** @param {Event} event */
  #submitted(event) {
    event.preventDefault();
    clearTimeout(this.#typing);
    this.#typing = 0;
    this.#choose(false);
  }

  #clear() {
    this.#tell({ ...EVERYTHING, state: this.#question.state }, false);
    this.#search.focus();
  }

  /** @param {boolean} typing */
  #choose(typing) {
    const question = { ...this.#question, q: this.#search.value.slice(0, 200), order: this.#field("order").value };
    for (const name of LISTED) question[name] = this.#field(name).value;
    for (const name of TIMES) question[name] = seconds(this.#input(name).value, this.#question[name]);
    this.#tell(question, typing);
  }

  /** @param {Question} question @param {boolean} typing */
  #tell(question, typing) {
    this.dispatchEvent(new CustomEvent("filters-chosen", { detail: { question, typing } }));
  }

  /** What there is to choose from is asked for when somebody looks. */
  async #offerValues() {
    if (this.#asked) return;
    this.#asked = true;
    try {
      const values = await (await fetch("/api/tasks/values")).json();
      for (const name of LISTED) offer(this.#field(name), values[name], this.#question[name]);
    } catch {
      this.#asked = false; // the next one who looks asks again
    }
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    this.#search.focus();
    this.#search.select();
  }
}

/** @param {HTMLSelectElement} select @param {string} value also one that no task has now */
function choose(select, value) {
  if (![...select.options].some((option) => option.value === value)) select.add(new Option(visibleLine(value), value));
  select.value = value;
}

/** @param {HTMLSelectElement} select @param {{[value: string]: number}} values @param {string} chosen */
function offer(select, values, chosen) {
  const names = Object.keys(values).sort();
  select.replaceChildren(select.options[0], ...names.map((value) => new Option(`${visibleLine(value)} (${count(values[value])})`, value)));
  choose(select, chosen);
}

/** For a field: local time without its zone. @param {string} since seconds since 1970, or "" */
function localTime(since) {
  if (!since) return "";
  const date = new Date(Number(since) * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** The field knows seconds only: what was not edited stays what it was. @param {string} local @param {string} before */
function seconds(local, before) {
  if (local === localTime(before)) return before;
  return local ? String(new Date(local).getTime() / 1000) : "";
}

customElements.define("task-filters", TaskFiltersElement);
