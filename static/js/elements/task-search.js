// @ts-check
/** Shows, while somebody types, the tasks that have all of these words; "/" goes there. Enter asks the server, as without a script. */

import { part, showIf } from "./part.js";

export class TaskSearchElement extends HTMLElement {
  connectedCallback() {
    const input = part(this, "input", HTMLInputElement);
    input.addEventListener("input", () => this.#filter(input.value));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target === input) return;
      event.preventDefault();
      input.focus();
    });
  }

  /** @param {string} text */
  #filter(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const items = [...this.querySelectorAll("li")];
    for (const item of items) {
      const content = item.textContent?.toLowerCase() ?? "";
      showIf(item, words.every((word) => content.includes(word)));
    }
    showIf(part(this, ".run-none", HTMLElement), items.every((item) => item.hidden));
  }
}

customElements.define("task-search", TaskSearchElement);
