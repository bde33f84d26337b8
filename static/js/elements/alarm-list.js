// @ts-check
/** What goes wrong and should be looked at, over the board: each cause once, until it is over or put aside. */

/** @import {Alarm} from "../alarm-words.js" */
/** @import {PictureRoom} from "../picture-room.js" */
import { address, causeWords, logsAddress, saidWords, subjectWords, timesWords } from "../alarm-words.js";
import { count } from "../format.js";
import { cloned, part, showIf } from "./part.js";

const SHOWN = 3;

export class AlarmListElement extends HTMLElement {
  /** @type {Map<string, HTMLElement>} */ #rows = new Map();
  #open = false;

  /** @param {PictureRoom} room */
  attach(room) {
    room.watch(() => this.#show(room.all("alarm").sort((a, b) => b.last - a.last)));
    this.#more.addEventListener("click", () => {
      this.#open = !this.#open;
      this.#show(room.all("alarm").sort((a, b) => b.last - a.last));
    });
  }

  get #more() {
    return part(this, ".alarm-list-more", HTMLButtonElement);
  }

  /** @param {Alarm[]} alarms */
  #show(alarms) {
    const list = part(this, ".alarm-list-rows", HTMLElement);
    for (const [id, row] of [...this.#rows]) {
      if (alarms.some((alarm) => alarm.id === id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    alarms.forEach((alarm, at) => {
      const row = this.#rows.get(alarm.id) ?? this.#made(alarm);
      if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
      fill(row, alarm);
      showIf(row, this.#open || at < SHOWN);
    });
    write(part(this, ".alarm-list-said", HTMLElement), said(alarms.length));
    write(this.#more, this.#open ? "Show fewer" : `Show ${count(alarms.length - SHOWN)} more`);
    showIf(this.#more, alarms.length > SHOWN);
    showIf(part(this, ".alarm-list-card", HTMLElement), alarms.length > 0);
  }

  /** @param {Alarm} alarm */
  #made(alarm) {
    const row = part(cloned("alarm-row-template"), ".alarm-row", HTMLElement);
    const button = part(row, ".alarm-row-aside", HTMLButtonElement);
    button.addEventListener("click", () => putAside(alarm.id.replace("alarm:", ""), row, button));
    this.#rows.set(alarm.id, row);
    return row;
  }
}

/** @param {HTMLElement} row @param {Alarm} alarm */
function fill(row, alarm) {
  write(part(row, ".alarm-row-cause", HTMLElement), causeWords(alarm));
  const subject = part(row, ".alarm-row-subject", HTMLAnchorElement);
  write(subject, subjectWords(alarm));
  if (subject.getAttribute("href") !== address(alarm)) subject.href = address(alarm);
  write(part(row, ".alarm-row-words", HTMLElement), saidWords(alarm));
  write(part(row, ".alarm-row-times", HTMLElement), timesWords(alarm));
  const logs = part(row, ".alarm-row-logs", HTMLAnchorElement);
  showIf(logs, logsAddress(alarm) !== "");
  if (logs.getAttribute("href") !== logsAddress(alarm)) logs.href = logsAddress(alarm);
  logs.setAttribute("aria-label", `Log of ${subjectWords(alarm)}`);
  part(row, ".alarm-row-aside", HTMLElement).setAttribute("aria-label", `Put aside: ${subjectWords(alarm)}`);
}

/** It goes from here when the server tells so. @param {string} id @param {HTMLElement} row @param {HTMLButtonElement} button */
async function putAside(id, row, button) {
  button.disabled = true;
  const trouble = await asked(id);
  button.disabled = false;
  write(part(row, ".alarm-row-trouble", HTMLElement), trouble);
}

/** @param {string} id @returns {Promise<string>} what went wrong */
async function asked(id) {
  try {
    const answer = await fetch(`/api/alarms/${id}`, { method: "DELETE", signal: AbortSignal.timeout(10_000) });
    return answer.ok || answer.status === 404 ? "" : (await answer.json()).error.message;
  } catch {
    return "The server can't be reached. Try again when it is back.";
  }
}

/** @param {number} number of alarms */
function said(number) {
  return number === 0 ? "" : number === 1 ? "1 open alarm" : `${count(number)} open alarms`;
}

/** @param {HTMLElement} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

customElements.define("alarm-list", AlarmListElement);
