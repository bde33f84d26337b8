// @ts-check
/** What the list alone does not say: that it is empty and what to do, how much was found, why nothing comes. */

/** @import {Question} from "../task-query.js" */
/** @import {TaskPager} from "../task-pager.js" */
import { count } from "../format.js";
import { EVERYTHING, isTabAlone, write } from "../task-query.js";
import { TextPart, part, showIf } from "./part.js";

export class BoardWords {
  #found;
  #trouble;
  #untold = false;

  /** @param {HTMLElement} board */
  constructor(board) {
    this.board = board;
    this.#found = new TextPart(board, ".task-board-found");
    this.#trouble = new TextPart(board, ".task-board-trouble");
  }

  /** @param {Question} question */
  asked(question) {
    this.#untold = write(question) !== "";
  }

  /** To those who listen to the page. @param {string} text */
  say(text) {
    part(this.board, ".task-board-said", HTMLElement).textContent = text;
  }

  /** @param {TaskPager} pager */
  show({ pages, trouble }) {
    const isPlain = isTabAlone(pages.question);
    const isEmpty = pages.isFilled && pages.end === null && pages.length === 0;
    const isAll = isPlain && write({ ...pages.question, order: "" }) === write(EVERYTHING);
    this.#show("empty", isEmpty && isAll);
    this.#show("none", isEmpty && isPlain && !isAll);
    this.#show("nothing", isEmpty && !isPlain);
    this.#show("waiting", !pages.isFilled && !trouble);
    this.#show("trouble", trouble !== "");
    this.#trouble.set(trouble && `The list cannot be read now: ${trouble} It is asked for again by itself.`);
    this.#tellFound(isPlain || !pages.isFilled ? "" : found(pages.ids.length, pages.end === null && pages.start === null));
  }

  /** @param {string} text */
  #tellFound(text) {
    this.#found.set(text);
    this.#show("found", text !== "");
    if (!text || !this.#untold) return;
    this.#untold = false;
    this.say(text);
  }

  /** @param {string} what @param {boolean} shown */
  #show(what, shown) {
    showIf(part(this.board, `.task-board-${what}`, HTMLElement), shown);
  }
}

/** @param {number} number @param {boolean} isAll */
function found(number, isAll) {
  if (!isAll) return number ? "Many tasks match: more of them come as you scroll." : "Looking through the tasks…";
  return `${number ? count(number) : "No"} ${number === 1 ? "task matches" : "tasks match"}.`;
}
