// @ts-check
/** What people call Celery's states: one word, one icon and one colour for each group of them. */

/** @typedef {"queued" | "running" | "retrying" | "succeeded" | "failed" | "revoked"} Group */

export const GROUP_NAMES = ["running", "queued", "retrying", "failed", "succeeded", "revoked"];

/** @type {ReadonlyMap<string, Group>} */
const GROUPS = new Map([
  ["PENDING", "queued"],
  ["RECEIVED", "queued"],
  ["RETRY", "retrying"],
  ["SUCCESS", "succeeded"],
  ["FAILURE", "failed"],
  ["REJECTED", "failed"],
  ["LOST", "failed"],
  ["REVOKED", "revoked"],
]);

/** @type {ReadonlyMap<string, string>} */
const OWN_WORDS = new Map([
  ["REJECTED", "Rejected"],
  ["LOST", "Lost"],
  ["STARTED", "Running"],
  ["PROGRESS", "Running"],
]);

const WORDS = {
  queued: "Queued",
  running: "Running",
  retrying: "Retrying",
  succeeded: "Succeeded",
  failed: "Failed",
  revoked: "Revoked",
};

/**
 * A state of a task's own making runs.
 * @param {string | undefined} state
 * @returns {Group}
 */
export function groupOf(state) {
  return GROUPS.get(state ?? "PENDING") ?? "running";
}

/** @param {string | undefined} state a custom state keeps its own name */
export function wordOf(state) {
  const group = groupOf(state);
  const own = state && OWN_WORDS.get(state);
  if (own) return own;
  return group === "running" && state ? state : WORDS[group];
}

/** @param {string | undefined} state */
export function isFinal(state) {
  return ["succeeded", "failed", "revoked"].includes(groupOf(state));
}

/**
 * How many tasks each tab has; "all" among them.
 * @param {{[state: string]: number}} counts
 * @returns {Map<string, number>}
 */
export function countGroups(counts) {
  const groups = new Map([["all", 0]]);
  for (const [state, count] of Object.entries(counts)) {
    for (const group of ["all", groupOf(state)]) groups.set(group, (groups.get(group) ?? 0) + count);
  }
  return groups;
}
