// Emits updates through socket.io's Redis emitter: `node emit.js TASKS A_SECOND COUNT`. 0 a second: as fast as it goes.

const { Emitter } = require("@socket.io/redis-emitter");
const Redis = require("ioredis");

const [tasks, aSecond, count] = process.argv.slice(2).map(Number);
const redis = new Redis(process.env.REDIS_URL);
const emitter = new Emitter(redis);

function emit(number) {
  const made = Number(process.hrtime.bigint()) / 1e9;
  const told = { task_id: `busy-${number % tasks}`, state: "PROGRESS", current: number, total: null };
  emitter.to("board").emit("progress", { ...told, note: `@${number % tasks}@${made.toFixed(6)}` });
}

async function main() {
  const began = performance.now();
  for (let number = 0; number < count; number += 1) {
    const due = aSecond ? began + (number * 1000) / aSecond - performance.now() : 0;
    if (due > 0) await new Promise((done) => setTimeout(done, due));
    emit(number);
  }
  await redis.quit();
}

main();
