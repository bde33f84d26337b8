// @ts-check
/** The list's tabs: one for each group of states, with how many tasks are in it. A choice is an event `tab-chosen`. */

import { count } from "../format.js";

export class StateTabsElement extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.#clicked(event));
  }

  /** @param {string} state "" is all */
  set chosen(state) {
    for (const button of this.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === (state || "all")));
    }
  }

  /** @param {Map<string, number>} counts */
  set counts(counts) {
    for (const button of this.querySelectorAll("button")) {
      const badge = button.querySelector(".state-tabs-count");
      const text = count(counts.get(button.value) ?? 0);
      if (badge && badge.textContent !== text) badge.textContent = text;
      button.toggleAttribute("data-some", text !== "0");
    }
  }

  /** @param {Event} event */
  #clicked(event) {
    const button = event.target instanceof Element && event.target.closest("button");
    if (!button) return;
    const state = button.value === "all" ? "" : button.value;
    this.dispatchEvent(new CustomEvent("tab-chosen", { detail: state }));
  }
}

customElements.define("state-tabs", StateTabsElement);
