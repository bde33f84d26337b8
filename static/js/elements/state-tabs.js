// @ts-check
/** The list's tabs: one for each group of states, with how many tasks are in it. */

import { count } from "../format.js";

export class StateTabsElement extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.#clicked(event));
    this.#choose(new URLSearchParams(location.search).get("state") ?? "all");
  }

  /** The chosen tab: "all" or a group of states. */
  get chosen() {
    return this.querySelector('button[aria-pressed="true"]')?.getAttribute("value") ?? "all";
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
    this.#choose(button.value);
    history.replaceState(null, "", button.value === "all" ? location.pathname : `?state=${button.value}`);
    this.dispatchEvent(new CustomEvent("tab-chosen"));
  }

  /** A tab that does not exist is "all". @param {string} tab */
  #choose(tab) {
    const buttons = [...this.querySelectorAll("button")];
    const chosen = buttons.find((button) => button.value === tab) ?? buttons[0];
    for (const button of buttons) button.setAttribute("aria-pressed", String(button === chosen));
  }
}

customElements.define("state-tabs", StateTabsElement);
