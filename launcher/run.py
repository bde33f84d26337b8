"""`make run`: Redis, the mail sink and the Procfile's processes, from their start to their orderly end."""

import time
from pathlib import Path

from honcho.environ import parse_procfile

from launcher import leftovers, ports
from launcher import settings as settings_of
from launcher.child import ROOT, Child
from launcher.console import Console
from launcher.errors import LauncherError
from launcher.private_file import write_private
from launcher.redis_server import RedisServer
from launcher.settings import Settings
from launcher.stop_signal import StopSignal

MAIL_SINK = "mail"
MAIL_SINK_COMMAND = "exec python -m launcher.mail_sink"
# How long each process may take to end. A worker finishes the task it has begun.
PATIENCE_S = {"web": 5.0, "worker": 25.0}
OTHERS_PATIENCE_S = 5.0
LOOK_EVERY_S = 0.05


class Run:
    """One run of everything. `go` returns the exit code: 0 after a request to stop, 1 if a process ended by itself."""

    def __init__(self, settings: Settings, console: Console, stop: StopSignal) -> None:
        self.settings = settings
        self.console = console
        self.stop = stop
        self._children: dict[str, Child] = {}
        self._redis: RedisServer | None = None
        self._told_ready = False

    def go(self) -> int:
        """Start all, watch until a signal or the end of a process, stop all."""
        try:
            self._end_leftovers()
            self._check_port()
            self._start()
            ended = self._watch()
            return self._report(ended) if ended else 0
        finally:
            self._stop()

    @property
    def _record(self) -> Path:
        return self.settings.data_dir / "processes.json"

    def _end_leftovers(self) -> None:
        names = leftovers.end(self._record)
        if names:
            self.console.say(f"ended what a killed run had left: {', '.join(names)}")

    def _check_port(self) -> None:
        port = self.settings.port
        if not ports.is_free(port, self.settings.host):
            raise LauncherError(
                f"Another program uses port {port} of {self.settings.host}. Stop it, or choose another port: "
                f"make run PORT={port + 1}"
            )

    def _start(self) -> None:
        env = settings_of.for_children(self.settings, self._start_redis())
        commands = dict(parse_procfile((ROOT / "Procfile").read_text()).processes)
        if not self.settings.mail_server:
            commands = {MAIL_SINK: MAIL_SINK_COMMAND} | commands
        for name, command in commands.items():
            output = self.settings.data_dir / "logs" / f"{name}.log"
            self._children[name] = Child(name, command, env, output)
            leftovers.record(self._record, {child.name: child.pid for child in self._children.values()})

    def _start_redis(self) -> str:
        if self.settings.redis_url:
            self.console.say("REDIS_URL is set: that Redis is used, and none is started")
            return self.settings.redis_url
        self._redis = RedisServer.start(self.settings.data_dir)
        found = "found still running" if self._redis.adopted else "started"
        self.console.say(f"Redis {found} (process {self._redis.pid}, port {self._redis.port})")
        return self._redis.url

    def _watch(self) -> Child | None:
        """The first child that ends by itself; None when we are asked to stop."""
        while not self.stop.asked:
            self._print_lines()
            for child in self._children.values():
                if child.returncode is not None:
                    return child
            self._tell_ready()
            self._keep_redis()
        self.console.say("stopping; what is being worked on may finish. Ctrl-C again ends it at once")
        return None

    def _tell_ready(self) -> None:
        if not self._told_ready and ports.answers(
            self.settings.port, self.settings.address.split("/")[2].split(":")[0]
        ):
            self._told_ready = True
            write_private(self.settings.address_file, self.settings.address)
            self.console.say(f"ready → {self.settings.address}")

    def _keep_redis(self) -> None:
        if self._redis and not self._redis.is_alive():
            self.console.say(f"Redis has ended; starting it again. Its last words are in {self._redis.log}")
            self._redis.restart()

    def _report(self, child: Child) -> int:
        self._print_lines()
        self.console.say(f"{child.name} has ended by itself with exit code {child.returncode}. Its last lines:")
        for text in child.last_lines:
            self.console.say(f"  {text}")
        return 1

    def _stop(self) -> None:
        """The reverse of the flow: no new work, then the work, then what the work needs."""
        for name in sorted(self._children, key=lambda name: name == MAIL_SINK):
            self._stop_child(self._children[name])
        if self._redis:
            self._redis.stop()
        self._record.unlink(missing_ok=True)
        if self._told_ready:
            self.settings.address_file.unlink(missing_ok=True)
        if self._children:
            self.console.say("stopped")

    def _stop_child(self, child: Child) -> None:
        child.terminate()
        patience_s = PATIENCE_S.get(child.name, OTHERS_PATIENCE_S)
        deadline = time.monotonic() + patience_s
        while not child.is_gone and time.monotonic() < deadline and not self.stop.insisted:
            self._print_lines()
        if not child.is_gone:
            why = "as you insist" if self.stop.insisted else f"it has not ended in {patience_s:g} s"
            self.console.say(f"killing {child.name} (process {child.pid}): {why}")
        child.kill()  # also what it may have left of its group
        self._print_lines()

    def _print_lines(self) -> None:
        """Print what the children have printed, then wait a moment."""
        for child in self._children.values():
            for text in child.read_lines():
                self.console.pass_on(child.name, text)
        time.sleep(LOOK_EVERY_S)
