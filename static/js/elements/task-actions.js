// @ts-check
/** Stops the task, runs it again; and says what has become of what anybody asked. */

/** @import {Row} from "../types.js" */
import { actionWords, isAsked, whyNotAgain } from "../action-words.js";
import { isFinal } from "../states.js";
import { TextPart, part, showIf } from "./part.js";

const UNREACHED = "The server can't be reached. Nothing is known to have been done; try again.";

export class TaskActionsElement extends HTMLElement {
  /** @type {Row | null} */ #row = null;
  #problem = "";
  #now = 0;
  #attached = new AbortController();
  #shownAction = "";
  #said = new TextPart(this, ".task-actions-said");
  #why = new TextPart(this, ".task-actions-why");

  connectedCallback() {
    this.#onClick("stop", () => this.#post("revocation", { force: false }));
    this.#onClick("force", () => this.#dialog.showModal());
    this.#onClick("sure", () => this.#post("revocation", { force: true }));
    this.#onClick("rerun", () => this.#post("rerun", {}));
    this.#onClick("edit", () => this.#edit(this.#form.hidden));
    this.#onClick("cancel", () => this.#edit(false));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#runEdited();
    });
    document.addEventListener("live-again", () => this.#forgive(), { signal: this.#attached.signal });
    this.hidden = false;
  }

  disconnectedCallback() {
    this.#attached.abort();
  }

  /** What went wrong while the server was away is no longer so. */
  #forgive() {
    if (!this.#problem || !this.#row) return;
    this.#problem = "";
    this.show(this.#row, this.#now);
  }

  /** @param {Row} row @param {number} now */
  show(row, now) {
    const action = JSON.stringify(row.action ?? null);
    if (action !== this.#shownAction) this.#problem = "";
    this.#shownAction = action;
    [this.#row, this.#now] = [row, now];
    const done = isFinal(row.state);
    this.#allow("stop", !done && !isAsked(row));
    showIf(this.#button("force"), isAsked(row));
    this.#allow("force", row.action?.kind !== "force");
    this.#allow("rerun", done && whyNotAgain(row) === "");
    this.#allow("edit", done);
    if (done && this.#dialog.open) this.#dialog.close();
    this.#said.set(this.#problem || actionWords(row, now));
    this.toggleAttribute("data-error", this.#problem !== "" || row.action?.state === "refused");
    this.#why.set(whyNotAgain(row));
    this.#link(".task-actions-new", row.action?.kind === "rerun" && row.action.state === "done" ? row.action.task_id : undefined);
    this.#link(".task-actions-old", row.rerun_of);
  }

  get #dialog() {
    return part(this, "dialog", HTMLDialogElement);
  }

  get #form() {
    return part(this, ".task-actions-call", HTMLFormElement);
  }

  /** @param {string} name */
  #button(name) {
    return part(this, `.task-actions-${name}`, HTMLButtonElement);
  }

  /** @param {string} name @param {() => void} act */
  #onClick(name, act) {
    this.#button(name).addEventListener("click", () => this.#button(name).ariaDisabled !== "true" && act());
  }

  /** Never `disabled`: that would take the focus from who has just pressed it. @param {string} name @param {boolean} allowed */
  #allow(name, allowed) {
    const text = String(!allowed);
    if (this.#button(name).ariaDisabled !== text) this.#button(name).ariaDisabled = text;
  }

  /** @param {string} selector @param {string | undefined} taskId */
  #link(selector, taskId) {
    const link = part(this, selector, HTMLAnchorElement);
    showIf(link, Boolean(taskId));
    if (taskId) link.href = `/tasks/${encodeURIComponent(taskId)}`;
  }

  /** @param {boolean} open */
  #edit(open) {
    const box = part(this, "textarea", HTMLTextAreaElement);
    showIf(this.#form, open);
    this.#button("edit").setAttribute("aria-expanded", String(open));
    if (open) box.value = this.#row?.call?.text ?? '{"args": [], "kwargs": {}}';
    (open ? box : this.#button("edit")).focus();
  }

  /** Sent as it is written: numbers that a browser cannot hold stay what they are. */
  #runEdited() {
    const text = part(this, "textarea", HTMLTextAreaElement).value;
    try {
      JSON.parse(text);
    } catch (error) {
      return this.#tell(`This is no JSON: ${error instanceof Error ? error.message : error}`);
    }
    this.#send("rerun", text).then((taken) => taken && this.#edit(false));
  }

  /** @param {string} what @param {object} body */
  #post(what, body) {
    this.#dialog.close();
    this.#send(what, JSON.stringify(body));
  }

  /** @param {string} what @param {string} body @returns {Promise<boolean>} whether it was taken */
  async #send(what, body) {
    const id = encodeURIComponent(this.#row?.task_id ?? "");
    this.#problem = "";
    try {
      const headers = { "Content-Type": "application/json", Accept: "application/json" };
      const response = await fetch(`/api/tasks/${id}/${what}`, { method: "POST", headers, body });
      if (response.ok) return true;
      this.#tell((await response.json()).error?.message ?? "That did not work. Try again.");
    } catch {
      this.#tell(UNREACHED);
    }
    return false;
  }

  /** @param {string} problem */
  #tell(problem) {
    this.#problem = problem;
    this.#said.set(problem);
    this.toggleAttribute("data-error", true);
  }
}

customElements.define("task-actions", TaskActionsElement);
