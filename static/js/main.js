// @ts-check
/** Starts a page: the elements, the room it shows, and the connection between the two. */

/** @import {Refusal} from "./types.js" */
import { Bell } from "./bell.js";
import { Connection } from "./connection.js";
import { ConnectionStatusElement } from "./elements/connection-status.js";
import { FleetBoardElement } from "./elements/fleet-board.js";
import { LogPageElement } from "./elements/log-page.js";
import { StatisticsBoardElement } from "./elements/statistics-board.js";
import { TaskBoardElement } from "./elements/task-board.js";
import { TaskDetailElement } from "./elements/task-detail.js";
import { TaskDrawerElement } from "./elements/task-drawer.js";
import "./elements/copy-button.js";
import "./elements/error-summary.js";
import "./elements/local-time.js";
import "./elements/long-task-form.js";
import "./elements/task-form.js";
import "./elements/task-log.js";
import "./elements/task-search.js";
import "./elements/theme-switch.js";
import { TellingRequestElement } from "./elements/telling-request.js";
import { FleetRoom } from "./fleet-store.js";
import { LogRoom } from "./log-room.js";
import { TabLine } from "./lines/tab.js";
import { bestWire } from "./lines/wires.js";
import { ring } from "./notices.js";
import { outlooks } from "./outlooks.js";
import { roomOf } from "./rooms.js";
import { ServerClock } from "./server-clock.js";
import { StatisticsRoom } from "./statistics.js";
import { Room } from "./task-store.js";
import { alone, takeBack } from "./telling.js";
import { Wishes, ownStore } from "./wishes.js";

/** @param {string} name */
function show(name) {
  const room = roomOf(name);
  const { search } = new URL(import.meta.url);
  const wishes = new Wishes(ownStore());
  const own = () => new Connection(/** @type {any} */ (window).io, wishes.browser);
  const connection = new TabLine(bestWire(search, wishes.browser, own));
  const clock = new ServerClock();
  room.told = (now) => clock.told(now);
  const views = [...document.querySelectorAll("task-board, task-detail, task-drawer, fleet-board, log-page, statistics-board")];
  for (const view of views) {
    if (view instanceof TaskBoardElement || view instanceof TaskDetailElement) view.attach(room, clock);
    if (view instanceof FleetBoardElement && room instanceof FleetRoom) view.attach(room, clock);
    if (view instanceof StatisticsBoardElement && room instanceof StatisticsRoom) view.attach(room, clock);
    if (view instanceof LogPageElement && room instanceof LogRoom) view.attach(room);
  }
  connection.addEventListener("change", () => stand(connection, room, views));
  connection.follow(room);
  if (name === "board" || name.startsWith("task:")) connection.follow(outlooks, true); // aside: a page without it is live, too
  const bell = tellOfEnds(connection, wishes, room);
  document.addEventListener("room-wanted", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    connection.follow(detail.room, true);
    detail.leave = () => connection.leave(detail.room);
  });
  const drawer = document.querySelector("task-drawer");
  if (drawer instanceof TaskDrawerElement) drawer.attach((taskId) => opened(connection, taskId, wishes, bell), clock);
  // Of a page that was reloaded at a task's address, "back" leads to the list only by loading it.
  else addEventListener("popstate", () => location.pathname !== here && location.reload());
  stand(connection, room, views);
}

/** @param {TabLine} line @param {string} taskId @param {Wishes} wishes @param {Bell} bell @returns {import("./elements/task-drawer.js").Opened} */
function opened(line, taskId, wishes, bell) {
  const room = new Room(`task:${taskId}`);
  const shown = (/** @type {TaskDetailElement} */ detail) => {
    detail.live = line.live;
    const request = detail.querySelector("telling-request");
    if (request instanceof TellingRequestElement) request.attach(room, wishes, bell);
    line.follow(room);
  };
  return { room, shown, leave: () => line.leave(room) };
}

/** @param {TabLine} line @param {Wishes} wishes @param {Room | FleetRoom} room */
function tellOfEnds(line, wishes, room) {
  const wait = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));
  const follow = (/** @type {Room} */ one) => line.follow(one, true);
  const back = (/** @type {string} */ taskId) => takeBack(wishes, taskId);
  const bell = new Bell(wishes, { follow, alone, takeBack: back, ring, wait }, room instanceof Room ? room : null);
  for (const request of document.querySelectorAll("telling-request")) {
    if (request instanceof TellingRequestElement) request.attach(room, wishes, bell);
  }
  addEventListener("storage", () => bell.look());
  bell.look();
  return bell;
}

/** @param {TabLine} connection @param {Room} room @param {Element[]} views */
function stand(connection, room, views) {
  const fresh = connection.live && !connection.refusal;
  document.documentElement.toggleAttribute("data-stale", !fresh);
  for (const view of views) {
    if (view instanceof TaskBoardElement || view instanceof TaskDetailElement || view instanceof FleetBoardElement || view instanceof StatisticsBoardElement || view instanceof TaskDrawerElement) view.live = fresh;
  }
  for (const status of document.querySelectorAll("connection-status")) {
    if (status instanceof ConnectionStatusElement) status.show(connection.live, worthSaying(connection.refusal, room), room.restarts, connection.tabs);
  }
}

/** A task that was here and has gone is said to be gone in its own place. @param {Refusal | null} refusal @param {Room} room */
function worthSaying(refusal, room) {
  return refusal?.code === "unknown_task" && room.epoch !== null ? null : refusal;
}

const here = location.pathname;
const room = document.body.dataset.room;
if (room) show(room);
