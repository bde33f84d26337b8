// @ts-check
/** Starts a page that is live: the room it shows, its elements, and the connection between the two. */

/** @import {Refusal} from "./types.js" */
/** @import {AlarmListElement} from "./elements/alarm-list.js" */
/** @import {ConnectionStatusElement} from "./elements/connection-status.js" */
/** @import {TaskDetailElement} from "./elements/task-detail.js" */
/** @import {TaskDrawerElement} from "./elements/task-drawer.js" */
import { Ends } from "./ends.js";
import { TabLine } from "./lines/tab.js";
import { bestWire } from "./lines/wires.js";
import { outlooks } from "./outlooks.js";
import { PictureRoom } from "./picture-room.js";
import { roomOf } from "./rooms.js";
import { ServerClock } from "./server-clock.js";
import { Room } from "./task-store.js";
import { Wishes, ownStore } from "./wishes.js";

/** @typedef {HTMLElement & {attach: (room: Room, clock: ServerClock) => void, live: boolean}} View what shows a room */
const VIEWS = "task-board, task-detail, fleet-board, log-page, statistics-board";

/** @param {string} name */
function show(name) {
  const room = roomOf(name);
  const wishes = new Wishes(ownStore());
  const own = () => import("./lines/connected.js").then(({ connectedHub }) => connectedHub(wishes.browser));
  const connection = new TabLine(bestWire(wishes.browser, own));
  const clock = new ServerClock();
  room.told = (now) => clock.told(now);
  for (const view of views()) view.attach(room, clock);
  connection.addEventListener("change", () => stand(connection, room));
  connection.follow(room);
  if (name === "board" || name.startsWith("task:")) connection.follow(outlooks, true); // aside: a page without it is live, too
  followAlarms(connection);
  const ends = new Ends(connection, wishes, room);
  ends.listen();
  document.addEventListener("room-wanted", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    connection.follow(detail.room, true);
    detail.leave = () => connection.leave(detail.room);
  });
  /** @type {TaskDrawerElement | null} */
  const drawer = document.querySelector("task-drawer");
  if (drawer) drawer.attach((taskId) => opened(connection, taskId, ends), clock);
  // Of a page that was reloaded at a task's address, "back" leads to the list only by loading it.
  else addEventListener("popstate", () => location.pathname !== here && location.reload());
  stand(connection, room);
}

/** @param {TabLine} line */
function followAlarms(line) {
  /** @type {AlarmListElement | null} */
  const list = document.querySelector("alarm-list");
  if (!list) return;
  const alarms = new PictureRoom("alarms");
  list.attach(alarms);
  line.follow(alarms, true);
}

/** @param {TabLine} line @param {string} taskId @param {Ends} ends @returns {import("./elements/task-drawer.js").Opened} */
function opened(line, taskId, ends) {
  const room = new Room(`task:${taskId}`);
  const shown = (/** @type {TaskDetailElement} */ detail) => {
    detail.live = line.live;
    ends.ask(detail, room);
    line.follow(room);
  };
  return { room, shown, leave: () => line.leave(room) };
}

/** @returns {NodeListOf<View>} */
function views() {
  return document.querySelectorAll(VIEWS);
}

/** @param {TabLine} connection @param {Room} room */
function stand(connection, room) {
  const fresh = connection.live && !connection.refusal;
  const wasStale = document.documentElement.hasAttribute("data-stale");
  document.documentElement.toggleAttribute("data-stale", !fresh);
  if (fresh && wasStale) document.dispatchEvent(new CustomEvent("live-again"));
  for (const view of views()) view.live = fresh;
  /** @type {ConnectionStatusElement | null} */
  const status = document.querySelector("connection-status");
  status?.show(connection.live, worthSaying(connection.refusal, room), room.restarts, connection.tabs);
}

/** A task that was here and has gone is said to be gone in its own place. @param {Refusal | null} refusal @param {Room} room */
function worthSaying(refusal, room) {
  return refusal?.code === "unknown_task" && room.epoch !== null ? null : refusal;
}

const here = location.pathname;
const room = document.body.dataset.room;
if (room) show(room);
