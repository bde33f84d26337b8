// @ts-check
/** What shows a task, its script and its sheets: fetched when somebody is about to open one, as many who watch never do. */

/** Null: it could not be had. @returns {Promise<typeof import("./elements/task-detail.js") | null>} */
export function detailScript() {
  return Promise.all([import("./elements/task-detail.js"), ...laterSheets()]).then(
    ([script]) => script,
    () => null,
  );
}

/** @returns {Promise<void>[]} */
function laterSheets() {
  const links = [...document.querySelectorAll("link[disabled]")].filter((link) => link instanceof HTMLLinkElement);
  return links.map(
    (link) =>
      new Promise((done, failed) => {
        link.addEventListener("load", () => done(), { once: true });
        link.addEventListener("error", () => failed((link.disabled = true)), { once: true }); // asked for again next time
        link.disabled = false;
      }),
  );
}
