"""A Redis server of our own on this machine: started, found again, stopped."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Self

import redis

from launcher import ports
from launcher.errors import RedisError
from launcher.lock_file import LockFile
from launcher.private_file import read_or_make_secret, write_private
from launcher.redis_binary import find_binary

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
PORT_ATTEMPTS = 5

CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
logfile "{log}"
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
hash-max-listpack-entries 512
hash-max-listpack-value 1024
daemonize no
"""


class RedisServer:
    """One server per data folder. It holds `redis.lock` itself, so that it is found again whoever started it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.log = self.data_dir / "redis.log"
        self.port = 0
        self.pid = 0
        self.adopted = False
        self._child: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(cls, data_dir: Path, *, port: int = 0) -> Self:
        """Start a server, or adopt the one that already runs on this folder; `port` 0 is the last one used or any."""
        server = cls(data_dir)
        server._start(port)
        return server

    @classmethod
    def find(cls, data_dir: Path) -> Self | None:
        """The server that runs on this folder already."""
        with cls(data_dir)._lock() as lock:
            return None if lock.acquire() else cls.start(data_dir)

    @property
    def url(self) -> str:
        """Where clients connect, password included."""
        return f"redis://:{self._password}@{ports.LOOPBACK}:{self.port}/0"

    def stop(self) -> None:
        """Let it write its data and end; kill it if it does not."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Start again after `stop` or `kill`: same port, folder and password."""
        self._start(self.port)

    def is_alive(self) -> bool:
        """Whether the process still runs."""
        if self._child:
            return self._child.poll() is None
        try:
            os.kill(self.pid, 0)
        except OSError:
            return False
        return self.pid > 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def _password(self) -> str:
        return read_or_make_secret(self.data_dir / "redis.password")

    @property
    def _port_file(self) -> Path:
        return self.data_dir / "redis.port"

    def _lock(self) -> LockFile:
        return LockFile(self.data_dir / "redis.lock")

    def _start(self, port: int) -> None:
        with self._lock() as lock:
            if lock.acquire():
                self._launch(port, lock)
            else:
                self._adopt()

    def _adopt(self) -> None:
        try:
            self.port = int(self._port_file.read_text())
        except (OSError, ValueError):
            raise RedisError(f"A Redis server holds {self.data_dir}, but its port is not written down there.") from None
        self._wait_until_ready()
        self.adopted = True

    def _launch(self, port: int, lock: LockFile) -> None:
        binary = find_binary()
        folder = self.data_dir / binary.folder
        folder.mkdir(mode=0o700, exist_ok=True)
        for _ in range(PORT_ATTEMPTS):
            self.port = port or self._choose_port()
            write_private(self._port_file, str(self.port))
            self._child = self._spawn(binary.path, folder, lock)
            if self._wait_until_ready():
                return
            if port:
                break
        raise RedisError(f"The Redis server ended at its start. Its last words:\n{self._last_words()}")

    def _choose_port(self) -> int:
        last = self._port_file.read_text().strip() if self._port_file.exists() else ""
        if last.isdecimal() and ports.is_free(int(last)):
            return int(last)
        return ports.free_port()

    def _spawn(self, binary: Path, folder: Path, lock: LockFile) -> subprocess.Popen[bytes]:
        # Through standard input: the password is seen neither in the process list nor in a file others can read.
        config = CONFIG.format(port=self.port, password=self._password, folder=folder, log=self.log)
        child = subprocess.Popen(
            [binary, "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[lock.fd],
            start_new_session=True,  # Ctrl-C in the terminal is for the launcher, which stops Redis last
        )
        assert child.stdin
        try:
            child.stdin.write(config.encode())
            child.stdin.close()
        except BrokenPipeError:
            pass  # it ended already; _wait_until_ready notices
        return child

    def _wait_until_ready(self) -> bool:
        """True when it answers with our password and its data is loaded; False if our child ended before."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._child and self._child.poll() is not None:
                return False
            try:
                self.pid = self._ask_pid()
                return True
            except redis.RedisError:
                time.sleep(0.02)
        raise RedisError(f"The Redis server on port {self.port} did not answer in {START_TIMEOUT_S:.0f} s: {self.log}")

    def _ask_pid(self) -> int:
        with redis.Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=2) as client:
            info = client.info("server")
            client.ping()  # refused while the data is still being loaded
        return int(info["process_id"])

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:]) if self.log.exists() else "(no log)"

    def _end(self, signum: int) -> None:
        for number in (signum, signal.SIGKILL):
            self._signal(number)
            with self._lock() as lock:
                # The lock is free when the server has really gone, also if it is not our child.
                if lock.acquire(STOP_TIMEOUT_S):
                    break
        if self._child:
            self._child.wait()
            self._child = None
        self.pid = 0

    def _signal(self, number: int) -> None:
        if not self.pid:
            return
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            self.pid = 0
