"""A real nginx in front of several webs, with the configuration that docs/operations.md has."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from launcher import ports
from launcher.nginx_binary import find_nginx
from tests.processes import ROOT, wait_until

CERTIFICATE = ROOT / "tests" / "worker" / "loopback.pem"
NOBODY = 65_534
TLS_LINES = re.compile(r"^ +ssl_certificate.*\n", re.MULTILINE)
AROUND = """\
daemon off;
pid {folder}/pid;
error_log stderr info;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
access_log {folder}/access.log;
client_body_temp_path {folder}/body;
proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/fastcgi;
uwsgi_temp_path {folder}/uwsgi;
scgi_temp_path {folder}/scgi;
{documented}
}}
"""


def documented() -> str:
    """The block as it stands in the document."""
    blocks = re.findall(
        r"^```nginx\n(.*?)^```$", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE | re.DOTALL
    )
    assert len(blocks) == 1, "docs/operations.md has one configuration of nginx"
    return str(blocks[0])


class Balancer:
    """nginx before these webs (name: port), which need not run yet. Use as a context manager."""

    def __init__(self, webs: Mapping[str, int], tls: bool = False) -> None:
        self.webs, self.tls = webs, tls
        self.port = ports.free_port()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.folder = Path(tempfile.mkdtemp(prefix="nginx-"))

    def __enter__(self) -> Self:
        path, owner = find_nginx(), self._owner()
        shutil.copyfile(CERTIFICATE, self.folder / "board.pem")
        (self.folder / "nginx.conf").write_text(AROUND.format(folder=self.folder, documented=self._adapted()))
        with (self.folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                [path, "-p", self.folder, "-c", self.folder / "nginx.conf"],
                stderr=output,
                start_new_session=True,
                user=owner,
                group=owner,
            )
        try:
            wait_until(lambda: self._process.poll() is not None or ports.answers(self.port), 10, "nginx listens")
            assert self._process.poll() is None, f"nginx ended at its start:\n{self.log()}"
        except AssertionError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        shutil.rmtree(self.folder)

    def log(self) -> str:
        """What nginx complained about, and which requests it passed on."""
        files = [self.folder / name for name in ("output", "access.log")]
        return "".join(file.read_text(errors="replace") for file in files if file.exists())

    def _adapted(self) -> str:
        """Only ports, certificate and the number of webs are this machine's."""
        text = documented()
        (first, port), (second, other_port), *more = self.webs.items()
        assert (first, second) == ("a", "b"), "the document calls its webs so"
        for line in [line for line in text.splitlines(keepends=True) if "127.0.0.1:5002" in line]:
            added = [line.replace("5002", str(port)).replace("~^b", f"~^{name}") for name, port in more]
            text = text.replace(line, "".join([line.replace("5002", str(other_port)), *added]))
        text = text.replace("127.0.0.1:5001", f"127.0.0.1:{port}")
        if not self.tls:
            text = TLS_LINES.sub("", text).replace("listen 443 ssl;", "listen 443;")
        text = text.replace("listen 443", f"listen 127.0.0.1:{self.port}")
        return re.sub(r"/etc/nginx/board\.(pem|key)", str(self.folder / "board.pem"), text)

    def _owner(self) -> int | None:
        """Who it runs as: root's files are closed to nginx' workers, so that it all runs as nobody then."""
        if os.geteuid():
            return None
        os.chown(self.folder, NOBODY, NOBODY)
        return NOBODY
