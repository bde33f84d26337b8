// @ts-check
/** Dark or light: the system's choice until a person makes one, which is remembered. */

import { part } from "./part.js";

const KEY = "pushboard-theme";

export class ThemeSwitchElement extends HTMLElement {
  connectedCallback() {
    part(this, "button", HTMLButtonElement).addEventListener("click", () => this.#switch());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#label());
    this.hidden = false;
    this.#label();
  }

  get #dark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  #switch() {
    const theme = this.#dark ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    this.#label();
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Storage is forbidden: the choice holds for this page only.
    }
  }

  #label() {
    const text = `Switch to the ${this.#dark ? "light" : "dark"} theme`;
    const button = part(this, "button", HTMLButtonElement);
    button.setAttribute("aria-label", text);
    button.title = text;
    part(this, "use", SVGUseElement).setAttribute("href", this.#dark ? "#icon-moon" : "#icon-sun");
  }
}

customElements.define("theme-switch", ThemeSwitchElement);
