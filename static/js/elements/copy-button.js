// @ts-check
/** Copies the page's address, and says so. */

import { part } from "./part.js";

const SAID_FOR_MS = 2000;

export class CopyButtonElement extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    part(this, "button", HTMLButtonElement).addEventListener("click", () => this.#copy());
  }

  async #copy() {
    const said = part(this, "span", HTMLElement);
    try {
      await navigator.clipboard.writeText(location.href);
      said.textContent = "Copied";
    } catch {
      said.textContent = "Not allowed";
    }
    setTimeout(() => (said.textContent = "Copy link"), SAID_FOR_MS);
  }
}

customElements.define("copy-button", CopyButtonElement);
