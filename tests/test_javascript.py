"""The tests of the page's scripts, run by Node: the one on PATH, or the one that Playwright brings."""

import shutil
import subprocess

from playwright._impl._driver import compute_driver_executable

from tests.processes import ROOT


def node() -> str:
    return shutil.which("node") or str(compute_driver_executable()[0])


def test_the_scripts_pass_their_own_tests() -> None:
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "js").rglob("*.test.js"))
    assert files

    done = subprocess.run(
        [node(), "--test", *files], cwd=ROOT, capture_output=True, text=True, check=False, timeout=100
    )

    assert done.returncode == 0, done.stdout + done.stderr
