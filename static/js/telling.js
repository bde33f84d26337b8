// @ts-check
/** The edge to the server and to the other tabs, for telling of a task's end. */

/** @import {Wishes} from "./wishes.js" */

const ANSWER_WITHIN_MS = 4000;

/** @typedef {{ok: boolean, problem: string}} Asked */

/** Ask for an e-mail. @param {Wishes} wishes @param {string} taskId @param {string} email @returns {Promise<Asked>} */
export async function askForMail(wishes, taskId, email) {
  try {
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    const answer = await fetch(path(wishes, taskId), { method: "PUT", headers, body: JSON.stringify({ email }) });
    if (answer.ok) return { ok: true, problem: "" };
    const { error } = await answer.json();
    return { ok: false, problem: error.fields?.email ?? error.message };
  } catch {
    return { ok: false, problem: "The server can't be reached. It is not known whether an e-mail is asked for; try again." };
  }
}

/** `mailed` if an e-mail was quicker; "" if nobody knows. @param {Wishes} wishes @param {string} taskId @returns {Promise<string>} */
export async function takeBack(wishes, taskId) {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer = await fetch(path(wishes, taskId), { method: "DELETE", keepalive: true, signal });
    return (await answer.json()).state ?? "";
  } catch {
    return "";
  }
}

/** Run it if no other tab is at it. @param {string} name @param {() => Promise<void>} run */
export async function alone(name, run) {
  if (!navigator.locks) return run(); // a page over plain http: it rings nothing, and taking back twice does no harm
  await navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? run() : undefined));
}

/** @param {Wishes} wishes @param {string} taskId */
function path(wishes, taskId) {
  return `/api/tasks/${encodeURIComponent(taskId)}/tellings/${wishes.browser}`;
}
