"""`python -m launcher`: run all of Pushboard on this machine until Ctrl-C."""

import os
import sys

from launcher import settings as settings_of
from launcher.console import Console
from launcher.errors import AlreadyRunning, LauncherError
from launcher.lock_file import LockFile
from launcher.run import Run
from launcher.settings import Settings
from launcher.stop_signal import StopSignal
from launcher.terminal import own_foreground


def main() -> int:
    """The exit code: 0 when it was asked to stop, 1 when something went wrong (and was said)."""
    console = Console()
    try:
        settings = settings_of.from_environment()
        with LockFile(settings.data_dir / "launcher.lock") as lock, own_foreground():
            _claim(lock, settings)
            return Run(settings, console, StopSignal()).go()
    except LauncherError as error:
        console.say(str(error))
        return 1


def _claim(lock: LockFile, settings: Settings) -> None:
    if not lock.acquire():
        raise AlreadyRunning(
            f"Pushboard is already running here: {lock.path.read_text().strip() or 'it is just starting'}. "
            "Stop it with Ctrl-C in its terminal, or give this one a folder and a port of its own: "
            f"make run DATA_DIR=.data-2 PORT={settings.port + 1}"
        )
    os.ftruncate(lock.fd, 0)
    os.write(lock.fd, f"process {os.getpid()}, {settings.address}\n".encode())


if __name__ == "__main__":
    sys.exit(main())
