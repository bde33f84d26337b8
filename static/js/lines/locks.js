// @ts-check
/** A tab that has gone tells nobody: it holds a lock, which the browser gives away when the tab is no more. */

/** Hold the lock of this name for as long as the page lives. @param {string} name @returns {Promise<void>} once it is held */
export function hold(name) {
  if (!navigator.locks) return Promise.resolve(); // a page over plain http: it says goodbye, at least
  return new Promise((held) => {
    void navigator.locks.request(name, () => {
      held();
      return new Promise(() => {});
    });
  });
}

/** @param {string} name @param {() => void} run */
export function whenReleased(name, run) {
  if (navigator.locks) void navigator.locks.request(name, run);
}
