// @ts-check
/** A state as icon, word and colour. */

import { visibleLine } from "../format.js";
import { groupOf, wordOf } from "../states.js";
import { TextPart, part } from "./part.js";

export class StatePillElement extends HTMLElement {
  /** @type {string | undefined | null} */ #state = null;
  /** @type {TextPart | null} */ #word = null;

  /** @param {string | undefined} state */
  set state(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.#word ??= new TextPart(this, "span");
    this.#word.set(visibleLine(wordOf(state)));
    this.dataset.group = groupOf(state);
    part(this, "use", SVGUseElement).setAttribute("href", `#icon-${groupOf(state)}`);
  }
}

customElements.define("state-pill", StatePillElement);
