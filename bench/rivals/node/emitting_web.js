// One emit an update: socket.io with its Redis adapter, as its documentation says.
import { createServer } from "node:http";
import { createAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import { Server } from "socket.io";

const http = createServer((_, answer) => answer.end("ok"));
const publisher = new Redis(process.env.REDIS_URL);
const io = new Server(http, { transports: ["websocket"], adapter: createAdapter(publisher, publisher.duplicate()) });

io.on("connection", (socket) => {
  socket.on("watch", (tasks, answer) => {
    socket.join(tasks);
    answer();
  });
});
http.listen(Number(process.env.PORT), "127.0.0.1");
