// Writes down what a person sees on this page, each time it changes: window.seen.
window.seen = [];
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));

function taskOf(root, prefix, id) {
  const text = (selector) => root.querySelector(selector)?.textContent.trim() ?? "";
  return {
    id,
    state: text("state-pill span"),
    percent: text(`.${prefix}-percent`),
    note: text(`.${prefix}-note`),
    bar: (root.dataset.bar === "yes" && root.querySelector("progress-bar").getAttribute("aria-valuenow")) || "",
  };
}

function view() {
  const rows = [...document.querySelectorAll("task-row:not([hidden])")];
  const tasks = rows.map((row) => taskOf(row, "task-row", row.querySelector("a")?.pathname.split("/").at(-1)));
  const detail = document.querySelector("task-detail");
  if (detail) tasks.push(taskOf(detail, "task-detail", location.pathname.split("/").at(-1)));
  return { standing: document.querySelector(".connection-status-word")?.textContent ?? "", tasks };
}

let last = "";
new MutationObserver(() => {
  const now = view();
  const text = JSON.stringify(now);
  if (text !== last) window.seen.push({ at: Date.now() / 1000, ...now });
  last = text;
}).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
