// @ts-check
/** The bell of a page, with all that it needs for telling. */

/** @import {TabLine} from "./lines/tab.js" */
/** @import {Wishes} from "./wishes.js" */
import { Bell } from "./bell.js";
import { ring } from "./notices.js";
import { Room } from "./task-store.js";
import { alone, takeBack } from "./telling.js";

/** @param {TabLine} line @param {Wishes} wishes @param {Room} shown the room of the page */
export function bellOfPage(line, wishes, shown) {
  const wait = (/** @type {number} */ ms) => new Promise((done) => setTimeout(done, ms));
  const follow = (/** @type {Room} */ one) => line.follow(one, true);
  const back = (/** @type {string} */ taskId) => takeBack(wishes, taskId);
  return new Bell(wishes, { follow, alone, takeBack: back, ring, wait }, shown instanceof Room ? shown : null);
}
