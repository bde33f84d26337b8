// @ts-check
/** A task's form: what is wrong is said beside its field, and what is started is opened. Without a script it is sent as it is. */

import { part } from "./part.js";

const NEEDED = "This is needed.";
const WHOLE = /^\s*[+-]?\d+\s*$/;
const REAL = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

export class TaskFormElement extends HTMLElement {
  #sending = false;

  connectedCallback() {
    const form = part(this, "form", HTMLFormElement);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(form);
    });
    addEventListener("pageshow", () => this.#begin()); // whoever comes back may run it once more
    // What is put right is said at once. What is wrong waits for the sending: a line that appears moves the button away.
    form.addEventListener("input", ({ target }) => {
      if (isControl(target) && target.ariaInvalid === "true") mark(target, fault(target));
      if (part(this, ".form-outcome", HTMLElement).hasAttribute("data-error")) this.#say("", false);
    });
  }

  #begin() {
    this.#sending = false;
    this.#say("", false);
  }

  /** @param {HTMLFormElement} form */
  async #send(form) {
    if (this.#sending || !this.#judge(form)) return;
    this.#sending = true;
    this.#say("Starting…", false);
    try {
      const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
      const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      const told = await response.json();
      if (response.status === 202) return location.assign(told.location);
      this.#refused(form, told.error ?? {});
    } catch {
      this.#say("The server can't be reached. Look at the list before you try again: it may have been started.", true);
    }
    this.#sending = false;
  }

  /** Nothing leaves the page while a field is wrong that it can see itself. @param {HTMLFormElement} form */
  #judge(form) {
    const faults = new Map(controls(form).map((control) => [control.name, fault(control)]));
    const wrong = [...faults.values()].filter(Boolean).length;
    this.#show(form, (control) => faults.get(control.name) ?? "");
    if (wrong) this.#say(`Nothing was started. ${wrong === 1 ? "One field needs" : `${wrong} fields need`} a change.`, true);
    return wrong === 0;
  }

  /** @param {HTMLFormElement} form @param {{message?: string, fields?: {[name: string]: string}}} error */
  #refused(form, error) {
    const fields = new Map(Object.entries(error.fields ?? {}));
    this.#say(error.message ?? "The task could not be started. Try again.", true);
    this.#show(form, (control) => fields.get(control.name) ?? "");
  }

  /** @param {HTMLFormElement} form @param {(control: Control) => string} message */
  #show(form, message) {
    for (const summary of this.querySelectorAll("error-summary")) summary.remove();
    for (const control of controls(form)) mark(control, message(control));
    controls(form).find((control) => control.ariaInvalid === "true")?.focus();
  }

  /** @param {string} text @param {boolean} isError */
  #say(text, isError) {
    const outcome = part(this, ".form-outcome", HTMLElement);
    outcome.textContent = text;
    outcome.toggleAttribute("data-error", isError);
  }
}

/** @param {EventTarget | null} target @returns {target is Control} */
function isControl(target) {
  const known = target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
  return known && target.type !== "hidden";
}

/** @param {HTMLFormElement} form */
function controls(form) {
  return [...form.elements].filter(isControl);
}

/** What the page sees itself; the server looks at everything. @param {Control} control */
function fault(control) {
  if (control.validity.badInput) return "This is no date that there is.";
  if (!control.value.trim()) return control.ariaRequired === "true" ? NEEDED : "";
  if (control.inputMode === "numeric" && !WHOLE.test(control.value)) return "Write a whole number, such as 3.";
  if (control.inputMode === "decimal" && !REAL.test(control.value)) return "Write a number, such as 0.5.";
  if (control.classList.contains("mono") && !isJson(control.value)) return 'This is no JSON. Text goes in double quotes, such as "one".';
  return "";
}

/** @param {string} text */
function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** @param {Control} control @param {string} message nothing if all is well */
function mark(control, message) {
  const place = document.getElementById(`${control.id}-fault`);
  if (!place) return;
  place.textContent = message;
  place.hidden = !message;
  control.ariaInvalid = message ? "true" : null;
}

customElements.define("task-form", TaskFormElement);
