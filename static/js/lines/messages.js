// @ts-check
/** What tabs and their shared end say to each other, for the type checker. Nothing runs here. */

/** @import {Answer, Frame, Refusal, Request} from "../types.js" */
/** @import {Share} from "./share.js" */

/**
 * aside: a room of which the page shows nothing, so that it is live without.
 * @typedef {{kind: "hello", tab: string} | {kind: "bye"}
 *   | {kind: "subscribe", number: number, request: Request, aside: boolean}
 *   | {kind: "unsubscribe", room: string} | {kind: "read", number: number}} FromTab
 * @typedef {{kind: "frame", frame: Frame} | {kind: "answer", number: number, answer: Answer | {error: Refusal}}
 *   | {kind: "standing", live: boolean, tabs: number} | {kind: "fault", text: string}} ToTab
 * @typedef {{settled: boolean, refusal: Refusal | null}} Standing a room's: settled is caught up, or refused for good
 * @typedef {object} Wire a tab's way to its shared end
 * @property {(message: FromTab) => void} send
 * @property {(hear: (message: ToTab) => void, fresh: () => void) => void} open `fresh`: another end is there, ask it all anew
 *
 * @typedef {EventTarget & {connected: boolean, standing: (room: string) => Standing, follow: (share: Share) => void,
 *   unfollow: (room: string) => void, later: (run: () => void) => void}} Upstream
 */

export {};
