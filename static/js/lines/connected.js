// @ts-check
/** The shared end, connected to the server: for whoever is it, a shared worker or a tab. */

import { Connection } from "../connection.js";
import { Hub } from "./hub.js";

const SOCKET_IO = "../../vendor/socket.io.min.js"; // fetched at set-up; it sets `io`

/** @param {string} browser its name: the server knows by it that a tab is open */
export async function connectedHub(browser) {
  await import(SOCKET_IO);
  return new Hub(new Connection(/** @type {any} */ (globalThis).io, browser));
}
