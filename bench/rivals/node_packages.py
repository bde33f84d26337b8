"""Installs what the rivals on Node need, once, into a folder of the bench's own."""

import shutil
import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).with_name("node")
FOLDER = Path(__file__).parents[1] / "out" / "node"
MISSING = "left out: there is no Node with npm here, or the packages cannot be fetched"


def installed() -> Path | None:
    """The folder with the scripts and their packages; None, said once, where they are not to be had."""
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = (SCRIPTS / "package.json").read_bytes()
    has = FOLDER / "package.json"
    if not ((FOLDER / "node_modules").is_dir() and has.exists() and has.read_bytes() == wanted):
        has.unlink(missing_ok=True)
        if not _install(wanted):
            return None
    for script in SCRIPTS.glob("*.js"):
        shutil.copy(script, FOLDER)
    return FOLDER


def _install(wanted: bytes) -> bool:
    """The very versions that are named. package.json is there only if that has worked."""
    (FOLDER / "package.json").write_bytes(wanted)
    # npm holds each package against the checksum that its registry tells; no script of theirs is run.
    flags = ("--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    done = subprocess.run(["npm", "install", *flags], cwd=FOLDER, capture_output=True, text=True)
    if done.returncode:
        (FOLDER / "package.json").unlink()
        print(f"npm install failed, so the rivals on Node are left out: {done.stderr.strip()[-300:]}", file=sys.stderr)
    return not done.returncode
