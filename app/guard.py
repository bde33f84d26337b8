"""Keeps strangers out: Host and Origin are checked, and every answer carries strict headers."""

from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

from app.errors import Forbidden

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_SECURITY_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

Environ = Mapping[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


def register(app: Flask) -> None:
    """Check every request and mark every answer."""
    app.before_request(_check_origin)
    app.after_request(_add_headers)


def is_own_origin(origin: str | None, environ: Environ, trusted: Container[str | None] = ()) -> bool:
    """Whether a request comes from a page of this very site, as it is reached or as `trusted` says browsers see it.

    X-Forwarded-* is not believed: anybody may send it. Where browsers see TLS, the same name without it is foreign.
    """
    host = environ.get("HTTP_HOST")
    if origin in trusted or f"https://{host}" in trusted:
        return origin in trusted
    return origin == f"{environ.get('wsgi.url_scheme')}://{host}"


def _check_origin() -> None:
    """What changes something must come from our own page; a program that is no browser sends no Origin."""
    origin = request.headers.get("Origin")
    if request.method in SAFE_METHODS:
        return
    trusted = current_app.config["TRUSTED_ORIGINS"]
    foreign_fetch = request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")
    if foreign_fetch or (origin is not None and not is_own_origin(origin, request.environ, trusted)):
        raise Forbidden("This was sent from another site's page. Open this site itself and try again.")


def allow_in_page(directive: str, source: str) -> None:
    """Let the page of this one answer have something in it; `source` as in the policy, such as 'sha256-…'."""
    g.setdefault("in_page", {}).setdefault(directive, set()).add(source)


def _policy() -> str:
    in_page = g.get("in_page", {})
    return "; ".join(
        " ".join([directive, always, *sorted(in_page.get(directive, ()))])
        for directive, always in CONTENT_SECURITY_POLICY.items()
    )


def _add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _policy())
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


class HostGuard:
    """Refuses requests for a Host that is not ours, Socket.IO's too: a foreign name may point at this machine."""

    def __init__(self, wsgi_app: WsgiApp, trusted: Iterable[str]) -> None:
        """`trusted`: host names without port."""
        self.wsgi_app = wsgi_app
        self.trusted = frozenset(name.lower() for name in trusted)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or say 400."""
        if _name_of(environ.get("HTTP_HOST", "")) in self.trusted:
            return self.wsgi_app(environ, start_response)
        start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"This site does not go by that name. Its operator can add the name to TRUSTED_HOSTS.\n"]


def _name_of(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""
