// @ts-check
/** Which part of a list is here, and which is in view. */

/** What of a list is here, as it was when it was last arranged. */
export class ListPart {
  /** @type {string[]} */ #ids;
  /** @type {Map<string, number>} */ #places;

  /** @param {string[]} ids @param {number} first the place of the first of them @param {number} length of the whole list */
  constructor(ids, first, length) {
    this.#ids = [...ids];
    this.#places = new Map(ids.map((id, index) => [id, first + index]));
    this.first = first;
    this.length = length;
  }

  /** @param {string} id */
  placeOf(id) {
    return this.#places.get(id);
  }

  /** The task at a place; undefined: it is not here yet. @param {number} place @returns {string | undefined} */
  idAt(place) {
    return this.#ids[place - this.first];
  }

  /** Those that are here of the places from `first` up to `last`. @param {number} first @param {number} last */
  between(first, last) {
    return this.#ids.slice(Math.max(0, first - this.first), Math.max(0, last - this.first));
  }
}

/**
 * The places that are in view, with some rows to spare above and below.
 * @param {number} top how far the list's top is above the view's top, in pixels
 * @param {number} viewHeight
 * @param {number} rowHeight
 * @param {number} length
 * @returns {[number, number]} first, and one after the last
 */
export function windowOf(top, viewHeight, rowHeight, length) {
  const spare = 4;
  const first = Math.floor(top / rowHeight) - spare;
  const last = Math.ceil((top + viewHeight) / rowHeight) + spare;
  return [Math.min(length, Math.max(0, first)), Math.min(length, Math.max(0, last))];
}
