// @ts-check
/** A bar that is moved by a transform, so that a step costs no layout. */

import { part } from "./part.js";

export class ProgressBarElement extends HTMLElement {
  /** @type {number | null} */ #fraction = null;

  /** @param {number | null} fraction from 0 to 1; null: it can't be said */
  set fraction(fraction) {
    if (fraction === this.#fraction) return;
    this.#fraction = fraction;
    part(this, "i", HTMLElement).style.transform = `scaleX(${fraction ?? 0})`;
    this.setAttribute("aria-valuenow", String(Math.floor((fraction ?? 0) * 100)));
  }
}

customElements.define("progress-bar", ProgressBarElement);
