// @ts-check
/** What a task returned: a mailing's outcome in words, any other value as it is. */

/** @import {Row} from "../types.js" */
import { pretty } from "../format.js";
import { mailingRefusals, mailingWords } from "../mailing-words.js";
import { isFinal } from "../states.js";
import { TextPart, part, showIf } from "./part.js";

export class ResultCardElement extends HTMLElement {
  #words = new TextPart(this, ".result-card-words");
  #value = new TextPart(this, ".result-card-value");

  /** @param {Row} row */
  set row(row) {
    const words = mailingWords(row);
    const value = words ? mailingRefusals(row) : row.result === undefined ? "" : pretty(row.result);
    this.#words.set(words);
    this.#value.set(value);
    showIf(part(this, ".result-card-words", HTMLElement), words !== "");
    showIf(part(this, ".result-card-value", HTMLElement), value !== "");
    const isMailing = row.name === "mail.send_mailing";
    showIf(part(this, ".result-card-recipients", HTMLElement), isMailing);
    if (isMailing) part(this, "a", HTMLAnchorElement).href = `/mailings/${encodeURIComponent(row.task_id)}/recipients.csv`;
    showIf(this, words !== "" || value !== "" || (isFinal(row.state) && isMailing));
  }
}

customElements.define("result-card", ResultCardElement);
