"""Serves static/ from memory: compressed, and at addresses that change when any file changes.

The version stands in front of the path, so that what a script or a style sheet names relatively is of the same version:
nothing has to be written into the files, and a browser may keep them for ever.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from werkzeug import Request, Response

from app.guard import StartResponse, WsgiApp

PREFIX = "/static/"
VERSIONED = re.compile(r"([0-9a-f]{12})/(.+)")
FOR_EVER, ASK_EACH_TIME = "max-age=31536000, immutable", "no-cache"
WORTH_IT = 0.9
"""Compressed it must be at most this much of the file."""

# Of all that guard says only what has a meaning here: a page has many files, and each brings it along. The policy is
# for the shared worker's script and for pictures that are opened by themselves; to a sheet it says nothing.
HEADERS = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}
POLICY = {"Content-Security-Policy": "default-src 'self'"}


class Body:
    """A file as it is sent in one encoding."""

    def __init__(self, content: bytes, encoding: str = "") -> None:
        """`encoding`: as in Content-Encoding."""
        self.content, self.encoding = content, encoding
        self.etag = hashlib.sha256(content).hexdigest()[:12]


class StaticFile:
    """A file, plain and, where that is worth it, compressed."""

    def __init__(self, path: Path) -> None:
        """Reads it."""
        self.plain = Body(path.read_bytes())
        # A module is always UTF-8, and the other scripts are as the page is.
        self.kind = "text/javascript" if path.suffix == ".js" else mimetypes.guess_type(path.name)[0]
        self.headers = HEADERS if path.suffix == ".css" else HEADERS | POLICY
        smaller = gzip.compress(self.plain.content, mtime=0)
        is_worth_it = len(smaller) <= WORTH_IT * len(self.plain.content)
        self.compressed = Body(smaller, "gzip") if is_worth_it else None

    def response(self, request: Request, *, for_ever: bool) -> Response:
        """Always whole: files are short. for_ever: at an address where it never changes, so nobody need ask again."""
        body = self.compressed if self.compressed and request.accept_encodings["gzip"] > 0 else self.plain
        response = Response(body.content, content_type=self.kind, headers=self.headers)
        response.headers["Cache-Control"] = FOR_EVER if for_ever else ASK_EACH_TIME
        if self.compressed:
            response.headers["Vary"] = "Accept-Encoding"
        if body.encoding:
            response.headers["Content-Encoding"] = body.encoding
        if not for_ever:
            response.set_etag(body.etag)
        return response.make_conditional(request)


class StaticFiles:
    """All files below a folder, as they were at the start."""

    def __init__(self, folder: Path) -> None:
        """Reads them."""
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        self._files = {path.relative_to(folder).as_posix(): StaticFile(path) for path in paths}
        of_all = "".join(f"{name}\0{file.plain.etag}\0" for name, file in self._files.items())
        self.version = hashlib.sha256(of_all.encode()).hexdigest()[:12]

    def url(self, name: str) -> str:
        """Where a browser finds it. Raises KeyError if there is no such file."""
        self._files[name]
        return f"{PREFIX}{self.version}/{name}"

    def text(self, name: str) -> str:
        """What is in it. Raises KeyError if there is no such file."""
        return self._files[name].plain.content.decode()

    def serve(self, wsgi_app: WsgiApp) -> WsgiApp:
        """Answer for the files, and let `wsgi_app` answer everything else."""

        def answer(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
            found = self._response(environ) or wsgi_app
            return found(environ, start_response)

        return answer

    def _response(self, environ: dict[str, Any]) -> WsgiApp | None:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX) or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        versioned = VERSIONED.fullmatch(path, len(PREFIX))
        version, name = versioned.groups() if versioned else ("", path.removeprefix(PREFIX))
        if name not in self._files:
            return None
        # A page of another version may still ask this process: it gets what is here, and must not keep it.
        return self._files[name].response(Request(environ), for_ever=version == self.version)
