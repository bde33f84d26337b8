// @ts-check
/** A worker's slots as bars: filled is busy, hatched is offline. What it shows, the words beside it say too. */

/** @import {WorkerRow} from "../fleet-store.js" */
import { slotBars } from "../fleet-words.js";

export class SlotBarsElement extends HTMLElement {
  #shown = "";

  /** @param {WorkerRow} row */
  show(row) {
    const { bars, share } = slotBars(row);
    const shown = `${bars} ${share}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    while (this.childElementCount > bars.length) this.lastElementChild?.remove();
    while (this.childElementCount < bars.length) this.append(document.createElement("i"));
    bars.forEach((bar, at) => this.#draw(/** @type {HTMLElement} */ (this.children[at]), bar, share));
  }

  /** @param {HTMLElement} element @param {string} bar @param {number | null} share */
  #draw(element, bar, share) {
    element.dataset.slot = share === null ? bar : "share";
    element.style.setProperty("--share", `${Math.round((share ?? 0) * 100)}%`);
  }
}

customElements.define("slot-bars", SlotBarsElement);
