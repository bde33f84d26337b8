// @ts-check
/** Finds the parts of an element's markup, and writes to them only what changed. */

/**
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {{new (): T}} type
 * @returns {T}
 */
export function part(root, selector, type) {
  const found = root.querySelector(selector);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${selector}`);
}

/** @param {string} id @returns {DocumentFragment} */
export function cloned(id) {
  const template = part(document, `#${id}`, HTMLTemplateElement);
  return document.importNode(template.content, true);
}

/** A text that is shown: its node is kept, and touched only for a new value. */
export class TextPart {
  #text = "";
  #node;

  /** @param {ParentNode} root @param {string} selector */
  constructor(root, selector) {
    this.element = part(root, selector, HTMLElement);
    this.#node = new Text();
    this.element.replaceChildren(this.#node);
  }

  /** @param {string} text */
  set(text) {
    if (text === this.#text) return;
    this.#text = text;
    this.#node.data = text;
  }
}

/** Hide what has nothing to say. @param {HTMLElement} element @param {boolean} shown */
export function showIf(element, shown) {
  if (element.hidden === shown) element.hidden = !shown;
}
