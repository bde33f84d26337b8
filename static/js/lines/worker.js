// @ts-check
/** The shared worker: one connection for all tabs of this browser. */

/** @import {Hub} from "./hub.js" */
import { connectedHub } from "./connected.js";
import { whenReleased } from "./locks.js";

/** The worker's name ends with the browser's: nothing is kept where workers could read it. */
const browser = String(/** @type {any} */ (globalThis).name).split("-")[1] ?? "";

// A tab may come before it is loaded: the listener has to be there from the start.
const ready = connectedHub(browser);

globalThis.addEventListener("connect", (event) => {
  const [port] = /** @type {MessageEvent} */ (event).ports;
  ready.then(
    (hub) => serve(hub, port),
    (error) => port.postMessage({ kind: "fault", text: String(error) }),
  );
});

/** @param {Hub} hub @param {MessagePort} port */
function serve(hub, port) {
  let tab = "";
  port.onmessage = ({ data }) => {
    if (data.kind === "bye") return hub.gone(tab);
    if (data.kind !== "hello") return hub.hear(tab, data);
    tab = data.tab;
    port.postMessage({ kind: "welcome" });
    hub.came(tab, (message) => port.postMessage(message));
    whenReleased(tab, () => hub.gone(tab));
  };
}

// Nobody sees the console of a shared worker.
/** @param {string} text */
const fault = (text) => void ready.then((hub) => hub.fault(text));
globalThis.addEventListener("error", (event) => fault(event.error?.stack ?? event.message));
globalThis.addEventListener("unhandledrejection", (event) => fault(String(event.reason?.stack ?? event.reason)));
