// @ts-check
/** Goes through a story by itself, in bounded time however long the story is. */

const LONGEST_MS = 20_000;
const QUICKEST_MS = 100;
const SLOWEST_MS = 800;
/** Where somebody wants little to move. */
const CALM_MS = 1500;

export class StoryPlayer {
  /** How many moments one step goes on. */
  stride = 1;
  #timer = 0;
  /** @type {() => void} */ #step;
  /** @type {{matches: boolean}} */ #calm;

  /** @param {() => void} step @param {{matches: boolean}} calm whether little is to move */
  constructor(step, calm) {
    [this.#step, this.#calm] = [step, calm];
  }

  get isPlaying() {
    return this.#timer !== 0;
  }

  /** @param {number} moments that the story has */
  play(moments) {
    this.stop();
    const quickest = this.#calm.matches ? CALM_MS : QUICKEST_MS;
    const pause = Math.max(quickest, Math.min(SLOWEST_MS, LONGEST_MS / Math.max(1, moments)));
    this.stride = Math.max(1, Math.ceil((moments * pause) / LONGEST_MS));
    this.#timer = Number(setInterval(this.#step, pause));
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
  }
}
