// socket.io that follows Pushboard's own log and conflates just as Pushboard does: of each task the newest value of each
// field, one frame of all changed tasks for the room, the first one at once and then 20 a second.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { Server } from "socket.io";

const LOG = "{pushboard}:log";
const INTERVAL_MS = 50, PAUSE_MS = 5, MOST = 1000;
const LEFT_OUT = new Set(["type", "prev", "of", "args", "kwargs", "meta", "result", "error", "traceback", "sender", "call"]);

const http = createServer((_, answer) => answer.end("ok"));
const io = new Server(http, { transports: ["websocket"] });
let pending = new Map(), due = 0, timer, prev = "0", offset = "0";

io.on("connection", (socket) => {
  socket.on("watch", (rooms, answer) => {
    socket.join(rooms);
    answer();
  });
});

/** @param {string[]} fields names and JSON texts in turn */
function take(fields) {
  const changes = {};
  for (let at = 0; at < fields.length; at += 2) {
    const name = fields[at];
    if (LEFT_OUT.has(name) || name.startsWith("step")) continue;
    changes[name] = name === "task_id" ? fields[at + 1] : JSON.parse(fields[at + 1]);
  }
  pending.set(changes.task_id, Object.assign(pending.get(changes.task_id) ?? {}, changes));
}

function tell() {
  timer = undefined;
  due = performance.now() + INTERVAL_MS;
  io.to("board").emit("frame", { room: "board", prev, offset, rows: [...pending.values()] });
  prev = offset;
  pending = new Map();
}

async function follow() {
  const redis = new Redis(process.env.REDIS_URL);
  let after = "$";
  for (;;) {
    const answer = await redis.xread("COUNT", MOST, "BLOCK", 500, "STREAMS", LOG, after);
    if (!answer) continue;
    for (const [id, fields] of answer[0][1]) {
      take(fields);
      after = id;
      offset = id.split("-")[0];
    }
    if (performance.now() >= due) tell();
    else timer ??= setTimeout(tell, due - performance.now());
    await sleep(PAUSE_MS);
  }
}

http.listen(Number(process.env.PORT), "127.0.0.1");
void follow();
