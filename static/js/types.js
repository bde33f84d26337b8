// @ts-check
/** The shapes that docs/protocol.md describes, for the type checker. Nothing runs here. */

/**
 * @typedef {object} RowFields
 * @property {string} task_id
 * @property {string} offset
 * @property {string} [heard] when it was first heard of, as an offset
 * @property {number} [attempt]
 * @property {string} [name]
 * @property {string} [queue]
 * @property {string} [worker]
 * @property {string} [state]
 * @property {number} [retries]
 * @property {number} [current]
 * @property {number} [total]
 * @property {number} [reports] how often it has reported in this attempt
 * @property {string} [note]
 * @property {string} [summary]
 * @property {number} [sent_at]
 * @property {number} [received_at]
 * @property {number} [started_at]
 * @property {number} [progress_at]
 * @property {number} [ended_at]
 * @property {number} [eta]
 * @property {string} [args]
 * @property {string} [kwargs]
 * @property {{user?: string, address?: string}} [sender]
 * @property {{text?: string, why?: string}} [call]
 * @property {string} [rerun_of]
 * @property {string} [parent_id]
 * @property {string} [root_id]
 * @property {number} [children]
 * @property {Action} [action]
 * @property {unknown} [result]
 * @property {string} [error]
 * @property {string} [traceback]
 *
 * @typedef {object} Step
 * @property {number} n
 * @property {string} kind
 * @property {number} at
 * @property {number} attempt
 * @property {string} [queue]
 * @property {string} [worker]
 * @property {number} [eta]
 * @property {number} [current]
 * @property {number} [total]
 * @property {string} [note]
 * @property {string} [state]
 * @property {string} [summary]
 * @property {number} [overtakes]
 * @property {string} [action]
 * @property {string} [outcome]
 * @property {string} [by]
 * @property {string} [why]
 * @property {string} [run] which run told of it
 * @property {number} [lines] how many lines the run had logged by then
 *
 * @typedef {object} Action
 * @property {string} kind
 * @property {string} state
 * @property {number} [asked_at]
 * @property {{user?: string, address?: string}} [by]
 * @property {string} [why]
 * @property {string} [task_id]
 *
 * @typedef {Readonly<RowFields>} Row one task; an empty field is absent
 * @typedef {{task_id: string, offset: string, gone?: boolean, [field: string]: unknown}} Change
 * @typedef {{[state: string]: number}} Counts
 * @typedef {{epoch: string, offset: string, rows: Row[], total: number | null, place: number | null, next: string}} TaskPage
 * @typedef {{room: string, epoch?: string, offset?: string}} Request
 * @typedef {{room: string, epoch: string, offset: string, recovered: boolean, rows: Change[], counts?: Counts, now?: number}} Answer
 * @typedef {{room: string, epoch: string, prev: string, offset: string, rows: Change[], counts?: Counts, now?: number}} Frame
 * @typedef {{code: string, message: string}} Refusal
 * @typedef {"live" | "reconnecting" | "offline"} Standing
 */

export {};
