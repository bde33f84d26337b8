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

const AT_LEAST = 3;
const AHEAD = 11;

/**
 * The same, but for a reader who scrolls it stays as it is as long as it will do: so only each eighth row or so that comes
 * into view is work, and then for all of them at once.
 * @param {[number, number]} before the window until now
 * @param {number} top @param {number} viewHeight @param {number} rowHeight @param {number} length as for `windowOf`
 * @returns {[number, number]}
 */
export function steadyWindow(before, top, viewHeight, rowHeight, length) {
  const at = (/** @type {number} */ place) => Math.min(length, Math.max(0, place));
  const [first, last] = [Math.floor(top / rowHeight), Math.ceil((top + viewHeight) / rowHeight)];
  const [above, below] = [before[0] > at(first - AT_LEAST), before[1] < at(last + AT_LEAST)];
  if (!above && !below && before[1] <= length) return before;
  return [at(first - (above && !below ? AHEAD : AT_LEAST)), at(last + (below && !above ? AHEAD : AT_LEAST))];
}
