// Tasks that emit each update by socket.io's own emitter for its Redis adapter. A line of JSON in, a line out.
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { Emitter } from "@socket.io/redis-emitter";
import { Redis } from "ioredis";

const TOTAL = 1_000_000;
const redis = new Redis(process.env.REDIS_URL);
const emitter = new Emitter(redis);
let tasks = [], done = 0, latest = 0, timer;

const clock = () => Number(process.hrtime.bigint()) / 1e9;

function emit(number) {
  const task = tasks[number % tasks.length];
  const told = { state: "PROGRESS", current: Math.floor(number / tasks.length), total: TOTAL };
  emitter.to(task).emit("progress", { task_id: task, ...told, note: `${clock().toFixed(4)} Packing box` });
}

function pace(perS) {
  const started = clock();
  done = latest = 0;
  timer = setInterval(() => {
    for (; started + done / perS <= clock(); done++) {
      latest = Math.max(latest, clock() - started - done / perS);
      emit(done);
    }
  }, 1);
  return null;
}

const orders = {
  start: ({ tasks: count }) => (tasks = Array.from({ length: count }, () => randomUUID())),
  report: ({ hz }) => pace(hz * tasks.length),
  end: ({ hz }) => {
    tasks.length = 1;
    return pace(hz);
  },
  stop: () => {
    clearInterval(timer);
    return { done, latest_s: latest };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [what, details] = JSON.parse(line);
  console.log(JSON.stringify(orders[what](details)));
}
process.exit(0);
