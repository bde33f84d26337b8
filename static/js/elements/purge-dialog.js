// @ts-check
/** Empties a queue, after its name was typed once more; and says what that has done. */

/** @import {FleetRoom} from "../fleet-store.js" */
import { purgeQuestion, purgeReceipt } from "../fleet-words.js";
import { visibleLine } from "../format.js";
import { TextPart, part } from "./part.js";

const UNREACHED = "The server can't be reached. Nothing is known to have been done; try again.";

export class PurgeDialogElement extends HTMLElement {
  #queue = "";
  #name = new TextPart(this, ".purge-dialog-name");
  #count = new TextPart(this, ".purge-dialog-count");
  #wrong = new TextPart(this, ".purge-dialog-wrong");
  #receipt = new TextPart(this, ".purge-dialog-receipt");

  connectedCallback() {
    part(this, ".purge-dialog-leave", HTMLElement).addEventListener("click", () => this.#dialog.close());
    part(this, "form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#confirm();
    });
  }

  /** @param {FleetRoom} room how much waits is told while the dialog is open, too */
  attach(room) {
    room.watch(() => this.#tellCount(room));
    this.closest("fleet-board")?.addEventListener("purge", (event) => {
      this.#ask(/** @type {CustomEvent<string>} */ (event).detail);
      this.#tellCount(room);
    });
  }

  get #dialog() {
    return part(this, "dialog", HTMLDialogElement);
  }

  get #input() {
    return part(this, "input", HTMLInputElement);
  }

  /** @param {string} queue */
  #ask(queue) {
    this.#queue = queue;
    this.#name.set(visibleLine(queue));
    this.#receipt.set("");
    this.#refuse("");
    this.#input.value = "";
    this.#dialog.showModal();
    this.#input.focus();
  }

  /** @param {FleetRoom} room */
  #tellCount(room) {
    if (this.#dialog.open) this.#count.set(purgeQuestion(room.queues.find((row) => row.name === this.#queue)?.waiting));
  }

  /** @param {string} problem */
  #refuse(problem) {
    this.#wrong.set(problem);
    if (problem) this.#input.setAttribute("aria-invalid", "true");
    else this.#input.removeAttribute("aria-invalid");
    if (problem) this.#input.focus();
  }

  async #confirm() {
    const queue = this.#queue;
    if (this.#input.value !== queue) return this.#refuse(`This is not the queue's name. Type it as it is: ${visibleLine(queue)}`);
    const sure = part(this, ".purge-dialog-sure", HTMLButtonElement);
    if (sure.ariaBusy === "true") return;
    sure.ariaBusy = "true";
    try {
      const headers = { "Content-Type": "application/json", Accept: "application/json" };
      const body = JSON.stringify({ confirm: queue });
      const answer = await fetch(`/api/queues/${encodeURIComponent(queue)}/purge`, { method: "POST", headers, body });
      const told = await answer.json();
      if (!answer.ok) return this.#refuse(told.error.message);
      this.#dialog.close();
      this.#receipt.set(purgeReceipt(queue, told.purged));
      this.#receipt.element.focus(); // the queue's row may go, and with it the button that was pressed
    } catch {
      this.#refuse(UNREACHED);
    } finally {
      sure.ariaBusy = "false";
    }
  }
}

customElements.define("purge-dialog", PurgeDialogElement);
