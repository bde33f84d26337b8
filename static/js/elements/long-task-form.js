// @ts-check
/** Starts long tasks without leaving the page; the board shows them. */

import { part, showIf } from "./part.js";

export class LongTaskFormElement extends HTMLElement {
  #started = 0;

  connectedCallback() {
    const form = part(this, "form", HTMLFormElement);
    part(this, "button", HTMLButtonElement).disabled = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#start(form);
    });
    document.addEventListener("live-again", () => this.#forgive());
  }

  /** What went wrong while the server was away is no longer so. */
  #forgive() {
    const outcome = part(this, ".form-outcome", HTMLElement);
    if (!outcome.hasAttribute("data-error")) return;
    outcome.removeAttribute("data-error");
    part(this, ".form-said", HTMLElement).textContent = "";
  }

  /** @param {HTMLFormElement} form */
  async #start(form) {
    this.#forgive();
    try {
      const response = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" } });
      const body = await response.json();
      if (response.status === 202) this.#begun(body.task_id);
      else this.#say(body.error?.message ?? "The task could not be started. Try again.", null);
    } catch {
      this.#say("The server can't be reached. Look at the list before you try again: it may have been started.", null);
    }
  }

  /** @param {string} taskId */
  #begun(taskId) {
    this.#started += 1;
    this.#say(this.#started === 1 ? "Started." : `${this.#started} started.`, `/tasks/${encodeURIComponent(taskId)}`);
    this.dispatchEvent(new CustomEvent("task-sent", { bubbles: true, detail: taskId }));
  }

  /** @param {string} text @param {string | null} href of the newest task */
  #say(text, href) {
    part(this, ".form-said", HTMLElement).textContent = text;
    part(this, ".form-outcome", HTMLElement).toggleAttribute("data-error", href === null);
    const link = part(this, ".form-outcome a", HTMLAnchorElement);
    showIf(link, href !== null);
    if (href) link.href = href;
  }
}

customElements.define("long-task-form", LongTaskFormElement);
