"""Finds a Chromium to test and take pictures with, and gets one if there is none."""

import os
import shutil
import sys
from pathlib import Path

from launcher.errors import BrowserNotFound
from launcher.finding import Way, first_that_runs, install_as_root, named_by, output

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ON_PATH = ("chromium", "google-chrome", "chrome", "chromium-browser", "google-chrome-stable")
CACHE = Path(__file__).parents[1] / ".cache"
SPARTICUZ = "@sparticuz/chromium@141.0.0"

NOT_FOUND = """\
No browser was found to test with. Any one of these ways helps:
  1. set CHROME_PATH to a Chromium or Chrome;
  2. put chromium, google-chrome or chrome on PATH;
  3. python -m playwright install chromium;
  4. apt-get install -y chromium (as root);
  5. install npm: then a Chromium comes from the package @sparticuz/chromium.
Or leave the browser tests out, on purpose: make test PYTEST_FLAGS=--no-browser
What was tried:
"""


def flags() -> list[str]:
    """Chromium's command line; its sandbox does not work for root."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS


def find_browser() -> Path:
    """The first Chromium that runs, fetched if need be; raises BrowserNotFound naming every way."""
    return first_that_runs(WAYS, _runs, BrowserNotFound, NOT_FOUND)


def _chrome_path() -> Path | None:
    return named_by(os.environ, "CHROME_PATH", _runs, BrowserNotFound, "a browser")


def _on_path() -> Path | None:
    return next((Path(found) for name in ON_PATH if (found := shutil.which(name)) and _runs(Path(found))), None)


def _playwrights_own() -> Path | None:
    # In a process of its own: Playwright's loop can't be started twice in one.
    ask = "from playwright.sync_api import sync_playwright as p\nwith p() as it: print(it.chromium.executable_path)"
    path = Path(output([sys.executable, "-c", ask]) or "/nowhere")
    return path if path.exists() else None


def _playwrights_download() -> Path | None:
    output([sys.executable, "-m", "playwright", "install", "chromium"])
    return _playwrights_own()


def _apt_as_root() -> Path | None:
    return _on_path() if install_as_root("chromium") else None


def _from_npm() -> Path | None:
    if not shutil.which("npm"):
        return None
    folder = CACHE / "sparticuz"
    output(["npm", "install", "--no-save", "--prefix", str(folder), SPARTICUZ])
    ask = "import('@sparticuz/chromium').then(found => found.default.executablePath()).then(console.log)"
    answer = output(["node", "--input-type=module", "-e", ask], cwd=folder)
    return Path(answer) if answer else None


WAYS: list[Way] = [
    _chrome_path,
    _on_path,
    _playwrights_own,
    _playwrights_download,
    _apt_as_root,
    _from_npm,
]


def _runs(path: Path) -> bool:
    """Some are stubs that only say how to install a browser, some lack a library."""
    return "chrom" in output([str(path), "--version"], timeout_s=20).lower()


if __name__ == "__main__":
    print(find_browser())  # noqa: T201 - the answer of `python -m launcher.browser`
