// @ts-check
/** How the page stands with the server: Live, Reconnecting…, or Offline since when. */

/** @import {Refusal, Standing} from "../types.js" */
import { hourMinute, visibleLine } from "../format.js";
import { OFFLINE_AFTER_MS, standingOf } from "../standing.js";
import { TextPart, showIf } from "./part.js";

const STARTED_ANEW = "The task log was started anew. Tasks that Redis no longer has are gone from here.";
const NOT_YET = "Nothing can be read just now, so nothing is shown. This page fills by itself as soon as it can.";

export class ConnectionStatusElement extends HTMLElement {
  /** @type {number | null} in milliseconds since 1970 */ #notLiveSince = Date.now();
  #wasLive = false;
  #timer = 0;
  #tabs = 1;
  #said = { text: "", kind: "info" };
  #share = new TextPart(this, ".connection-status-tabs");
  #word = new TextPart(this, ".connection-status-word");

  /** @param {boolean} live @param {Refusal | null} refusal @param {number} restarts of the log @param {number} tabs that share the connection */
  show(live, refusal, restarts, tabs) {
    this.#tabs = tabs;
    this.#wasLive ||= live;
    this.#notLiveSince = live ? null : (this.#notLiveSince ?? Date.now());
    this.#said = refusal ? { text: visibleLine(refusal.message), kind: "error" } : { text: restarts ? STARTED_ANEW : "", kind: "info" };
    this.#render();
    clearTimeout(this.#timer);
    if (!live) this.#timer = setTimeout(() => this.#render(), OFFLINE_AFTER_MS);
  }

  #render() {
    const standing = standingOf(this.#notLiveSince, Date.now());
    this.dataset.standing = standing;
    this.#word.set(this.#words(standing));
    this.#share.set(standing === "live" && this.#tabs > 1 ? `one connection, ${this.#tabs} tabs` : "");
    const isBare = standing === "offline" && !this.#wasLive && !this.#said.text;
    this.#notice(isBare ? { text: NOT_YET, kind: "error" } : this.#said);
  }

  /** @param {Standing} standing */
  #words(standing) {
    if (standing === "live") return "Live";
    if (standing === "reconnecting") return this.#wasLive ? "Reconnecting…" : "Connecting…";
    return `Offline since ${hourMinute(new Date(this.#notLiveSince ?? Date.now()))}`;
  }

  /** @param {{text: string, kind: string}} said */
  #notice({ text, kind }) {
    const notice = document.querySelector(".connection-notice");
    if (!(notice instanceof HTMLElement)) return;
    notice.dataset.kind = kind;
    if (notice.textContent !== text) notice.textContent = text;
    showIf(notice, text !== "");
  }
}

customElements.define("connection-status", ConnectionStatusElement);
