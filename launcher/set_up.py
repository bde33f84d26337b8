"""Makes .venv and fetches what the browser needs: `python3 -m launcher.set_up requirements.txt`.

Runs on a bare Python, before anything is installed.
"""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

from launcher.errors import LauncherError
from launcher.vendor import fetch_client

ROOT = Path(__file__).parents[1]
VENV = ROOT / ".venv"
OLDEST = (3, 11)

NO_VENV = """\
This Python ({python}) can make no virtual environment: it lacks ensurepip.
On Debian and Ubuntu: apt-get install python3-venv. Elsewhere: use a Python from python.org, make PYTHON=<its path>."""
TOO_OLD = "Pushboard needs Python {oldest} or newer; {python} is {found}. Choose another: make PYTHON=<its path>."


def set_up(requirements: Path) -> None:
    """Install the locked packages into .venv and fetch the browser's client; quick when both are there."""
    _check_version()
    python = _make_venv()
    _say(f"Installing {requirements.name} into {VENV.name}")
    locked = ["--require-hashes", "--requirement", str(requirements)]
    _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *locked])
    _say("Fetching Socket.IO's browser client into static/vendor")
    fetch_client()


def _check_version() -> None:
    if sys.version_info[:2] < OLDEST:
        found, oldest = (".".join(map(str, version[:2])) for version in (sys.version_info, OLDEST))
        raise LauncherError(TOO_OLD.format(oldest=oldest, python=sys.executable, found=found))


def _make_venv() -> Path:
    python = VENV / "bin" / "python"
    if python.exists() and _works([str(python), "-m", "pip", "--version"]):
        return python
    if not importlib.util.find_spec("ensurepip"):
        raise LauncherError(NO_VENV.format(python=sys.executable))
    _say(f"Making a virtual environment in {VENV.name}")
    shutil.rmtree(VENV, ignore_errors=True)  # what is left of one that was broken off, or made by a Python now gone
    _run([sys.executable, "-m", "venv", str(VENV)])
    return python


def _works(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _run(command: list[str]) -> None:
    if subprocess.run(command, check=False).returncode:
        raise LauncherError(f"This command failed; what it printed above says why:\n  {' '.join(command)}")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - for the person at the terminal


if __name__ == "__main__":
    try:
        set_up(Path(sys.argv[1]))
    except LauncherError as error:
        sys.exit(str(error))
