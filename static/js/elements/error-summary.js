// @ts-check
/** The list of what is wrong with a form: it takes the focus when the page opens, so that nobody misses it. */

export class ErrorSummaryElement extends HTMLElement {
  connectedCallback() {
    this.focus();
  }
}

customElements.define("error-summary", ErrorSummaryElement);
