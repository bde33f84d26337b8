// @ts-check
/** What this browser wants to be told of, and where: kept by the browser alone, the same in all its tabs. */

/**
 * @typedef {{notify: boolean, email: string, at: number}} Wish about one task; `at` in milliseconds since 1970
 * @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} Store
 */

const BROWSER = "pushboard-browser";
const ADDRESS = "pushboard-address";
const WISH = "pushboard-wish:"; // and the task's id: tabs that write at once write different entries
const MOST = 20;
const KEPT_MS = 7 * 24 * 3600 * 1000;

export class Wishes {
  /** @type {Store | null} */ #store;
  /** @type {() => number} */ #now;

  /** @param {Store | null} store null where the browser keeps nothing @param {() => number} now */
  constructor(store, now = Date.now) {
    [this.#store, this.#now] = [store, now];
  }

  /** The browser's own name, which only it and the server know; "" where nothing is kept. */
  get browser() {
    const kept = this.#get(BROWSER);
    if (/^[0-9a-f]{32}$/.test(kept)) return kept;
    const made = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    this.#set(BROWSER, made);
    return this.#get(BROWSER);
  }

  /** The e-mail address that was given last. */
  get address() {
    return this.#get(ADDRESS);
  }

  set address(address) {
    this.#set(ADDRESS, address);
  }

  /** @param {string} taskId @returns {Wish | null} */
  of(taskId) {
    try {
      const wish = JSON.parse(this.#get(WISH + taskId));
      return this.#now() - wish.at < KEPT_MS ? wish : null;
    } catch {
      return null;
    }
  }

  /** Ids of the tasks that something is wished of, the oldest wish first. */
  tasks() {
    const at = new Map(this.#ids().map((id) => [id, this.of(id)?.at ?? null]));
    return [...at].filter(([, when]) => when !== null).sort((a, b) => Number(a[1]) - Number(b[1])).map(([id]) => id);
  }

  /** @param {string} taskId @param {Partial<Wish>} wish */
  want(taskId, wish) {
    for (const id of this.#ids()) if (!this.of(id)) this.drop(id);
    for (const id of this.tasks().filter((one) => one !== taskId).slice(0, -(MOST - 1))) this.drop(id);
    this.#set(WISH + taskId, JSON.stringify({ notify: false, email: "", ...this.of(taskId), ...wish, at: this.#now() }));
  }

  /** @param {string} taskId */
  drop(taskId) {
    this.#store?.removeItem(WISH + taskId);
  }

  #ids() {
    const keys = Array.from({ length: this.#store?.length ?? 0 }, (_, at) => this.#store?.key(at) ?? "");
    return keys.filter((key) => key.startsWith(WISH)).map((key) => key.slice(WISH.length));
  }

  /** @param {string} key */
  #get(key) {
    return this.#store?.getItem(key) ?? "";
  }

  /** @param {string} key @param {string} value */
  #set(key, value) {
    try {
      this.#store?.setItem(key, value);
    } catch {
      // Full, or not allowed: nothing is kept then, and `of` says so.
    }
  }
}

/** Reading the property itself may fail. @returns {Store | null} */
export function ownStore() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
