// Node's socket.io: told by others through its Redis adapter, or, with CONFLATE=1, following Pushboard's log and telling
// what changed as Pushboard does: one frame of all changed tasks, 20 a second.

const { createServer } = require("node:http");
const { Server } = require("socket.io");
const { createAdapter } = require("@socket.io/redis-adapter");
const Redis = require("ioredis");

const LOG = "{pushboard}:log";
const FRAME_MS = 50;
const NOT_TOLD = new Set(["type", "prev", "of"]);

const http = createServer((request, response) => response.end("ok"));
const io = new Server(http, { perMessageDeflate: false });

io.on("connection", (socket) => {
  socket.on("join", (room, done) => {
    socket.join(room);
    done();
  });
});

/** Changes of tasks since the last frame, the newest value of each field. */
const pending = new Map();
let offset = "";

function takeIn([id, fields]) {
  offset = id;
  const changes = {};
  for (let place = 0; place < fields.length; place += 2) {
    const name = fields[place];
    if (!NOT_TOLD.has(name)) changes[name] = name === "task_id" ? fields[place + 1] : JSON.parse(fields[place + 1]);
  }
  pending.set(changes.task_id, Object.assign(pending.get(changes.task_id) ?? {}, changes));
}

function emit(prev) {
  if (pending.size) {
    io.to("board").emit("frame", { room: "board", epoch: "e", prev, offset, rows: [...pending.values()] });
    pending.clear();
  }
  setTimeout(emit, FRAME_MS, offset);
}

async function follow() {
  const redis = new Redis(process.env.REDIS_URL);
  offset = "$";
  emit(offset);
  for (;;) {
    const answer = await redis.xread("COUNT", 1000, "BLOCK", 500, "STREAMS", LOG, offset);
    for (const [, entries] of answer ?? []) entries.forEach(takeIn);
    await new Promise((done) => setTimeout(done, 5)); // as Pushboard: a busy log is read 200 times a second at most
  }
}

if (process.env.CONFLATE) {
  follow();
} else {
  const publisher = new Redis(process.env.REDIS_URL);
  io.adapter(createAdapter(publisher, publisher.duplicate()));
}
http.listen(Number(process.env.PORT), "127.0.0.1");
