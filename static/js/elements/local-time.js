// @ts-check
/** A time of the server's in the reader's own time zone. */

export class LocalTimeElement extends HTMLElement {
  connectedCallback() {
    const seconds = Number(this.getAttribute("at"));
    if (seconds > 0) this.textContent = new Date(seconds * 1000).toLocaleString();
  }
}

customElements.define("local-time", LocalTimeElement);
