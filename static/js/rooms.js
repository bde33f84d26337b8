// @ts-check
/** What keeps the rows of a room, by the room's name. */

import { FleetRoom } from "./fleet-store.js";
import { LogRoom } from "./log-room.js";
import { PictureRoom } from "./picture-room.js";
import { StatisticsRoom } from "./statistics.js";
import { Room } from "./task-store.js";

/** @param {string} name @returns {Room} */
export function roomOf(name) {
  if (name === "workers") return new FleetRoom();
  if (name === "statistics") return new StatisticsRoom();
  if (name === "outlooks" || name === "alarms") return new PictureRoom(name);
  return name === "logs" || name.startsWith("logs:") ? new LogRoom(name) : new Room(name);
}
