// @ts-check
/** Asks to be told of the task's end: a notification in this browser, an e-mail if no tab of it is open by then. */

/** @import {Bell} from "../bell.js" */
/** @import {Room} from "../task-store.js" */
/** @import {Wishes} from "../wishes.js" */
import { askPermission, permission, permissionWords } from "../notices.js";
import { isFinal } from "../states.js";
import { askForMail, takeBack } from "../telling.js";
import { TextPart, part, showIf } from "./part.js";

export class TellingRequestElement extends HTMLElement {
  #taskId = "";
  #problem = "";
  /** @type {Wishes | null} */ #wishes = null;
  /** @type {Bell | null} */ #bell = null;
  #attached = new AbortController();
  #said = new TextPart(this, ".telling-request-said");
  #mail = new TextPart(this, ".telling-request-mail");
  #wrong = new TextPart(this, ".telling-request-wrong");

  /** It may be attached again, to another task. @param {Room} room of the task @param {Wishes} wishes @param {Bell} bell */
  attach(room, wishes, bell) {
    this.#attached.abort();
    const { signal } = (this.#attached = new AbortController());
    this.#problem = "";
    [this.#taskId, this.#wishes, this.#bell] = [room.name.slice("task:".length), wishes, bell];
    part(this, ".telling-request-ask", HTMLButtonElement).addEventListener("click", () => this.#ask(), { signal });
    part(this, ".telling-request-drop", HTMLButtonElement).addEventListener("click", () => this.#drop(), { signal });
    part(this, "form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#askForMail();
    }, { signal });
    this.#address.value = wishes.address;
    room.watch(() => signal.aborted || this.#show(room));
    bell.addEventListener("change", () => this.#show(room), { signal });
    this.#show(room);
  }

  disconnectedCallback() {
    this.#attached.abort();
  }

  get #address() {
    return part(this, "input", HTMLInputElement);
  }

  /** @param {Room} room */
  #show(room) {
    const row = room.rows.get(this.#taskId);
    showIf(this, row !== undefined && !isFinal(row.state));
    this.#paint();
  }

  #paint() {
    const wish = this.#wishes?.of(this.#taskId) ?? null;
    showIf(part(this, ".telling-request-ask", HTMLElement), !wish?.notify);
    showIf(part(this, ".telling-request-drop", HTMLElement), Boolean(wish?.notify || wish?.email));
    showIf(part(this, "form", HTMLElement), wish !== null);
    this.#said.set(wish ? permissionWords(permission()) : "");
    this.#mail.set(wish?.email ? `An e-mail goes to ${wish.email} if no tab of this browser is open then.` : "");
    this.#wrong.set(this.#problem);
    this.#address.toggleAttribute("aria-invalid", false);
    if (this.#problem) this.#address.setAttribute("aria-invalid", "true");
  }

  async #ask() {
    this.#problem = "";
    const allowed = await askPermission();
    this.#wishes?.want(this.#taskId, { notify: allowed === "granted" });
    if (!this.#wishes?.of(this.#taskId)) return this.#said.set("This browser keeps nothing for this site, so it can't be told.");
    this.#bell?.look();
    // The button may have gone: who pressed it by keyboard goes on at what has come in its place.
    if (this.#wishes.of(this.#taskId)?.notify) part(this, ".telling-request-drop", HTMLElement).focus();
  }

  async #askForMail() {
    if (!this.#wishes) return;
    const email = this.#address.value.trim();
    const { ok, problem } = await askForMail(this.#wishes, this.#taskId, email);
    this.#problem = problem;
    if (ok) {
      this.#wishes.address = email;
      this.#wishes.want(this.#taskId, { email });
      this.#bell?.look();
    }
    this.#paint();
    if (problem) this.#address.focus();
  }

  async #drop() {
    if (!this.#wishes) return;
    const mailed = this.#wishes.of(this.#taskId)?.email;
    this.#wishes.drop(this.#taskId);
    this.#problem = "";
    this.#bell?.look();
    part(this, ".telling-request-ask", HTMLElement).focus();
    if (mailed && (await takeBack(this.#wishes, this.#taskId)) === "") {
      this.#said.set("The server can't be reached: an e-mail may still be sent.");
    }
  }
}

customElements.define("telling-request", TellingRequestElement);
