"""Builds the web application."""

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from flask import Flask

from app import compression, errors, guard, kept, packets, shortcut, sockets, wire
from app import config as settings
from app.actions import actions
from app.alarms import alarms
from app.api import api
from app.doorway import Doorway
from app.extensions import socketio
from app.in_page import InPage
from app.logs import logs
from app.mailings import mailings
from app.mails import mails
from app.page_files import Inventory
from app.pages import pages
from app.pings import Pings
from app.roster import Roster
from app.run import run
from app.static_files import StaticFiles
from app.statistics import statistics
from app.tellings import tellings
from terminal import commands

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "static"
PING_INTERVAL_S, PING_TIMEOUT_S = 10, 5


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application with its settings from the environment, and those in `config` over them."""
    app = Flask("pushboard", root_path=str(ROOT), static_folder=None)
    app.config.from_mapping(settings.load() | dict(config or {}))
    for blueprint in (pages, api, actions, alarms, run, logs, mailings, mails, tellings, statistics):
        app.register_blueprint(blueprint)
    errors.register(app)
    guard.register(app)
    compression.register(app)
    static_files = StaticFiles(STATIC)
    _add_context(app, static_files)
    _init_socketio(app)
    app.wsgi_app = static_files.serve(app.wsgi_app)  # type: ignore[assignment, method-assign]
    app.wsgi_app = guard.HostGuard(app.wsgi_app, app.config["TRUSTED_HOSTS"])  # type: ignore[method-assign]
    commands.register(app)
    return app


def _init_socketio(app: Flask) -> None:
    socketio.init_app(
        app,
        async_mode=app.config["ASYNC_MODE"],
        cors_allowed_origins=partial(guard.is_own_origin, trusted=app.config["TRUSTED_ORIGINS"]),
        manage_session=False,
        max_http_buffer_size=packets.MOST_MESSAGE_BYTES,
        serializer=packets.Packet,
        ping_interval=PING_INTERVAL_S,
        ping_timeout=PING_TIMEOUT_S,
        allow_upgrades=True,
        http_compression=True,
        client_manager=Roster(),
    )
    socketio.server.on("disconnect", sockets.disconnect)
    kept.keep_little(socketio.server)
    packets.Listening(socketio.server)
    Pings(socketio.server)
    wire.guard(socketio.server, shortcut.serve)
    app.wsgi_app = Doorway(app.wsgi_app, socketio.server, app.config["MOST_CONNECTIONS"])  # type: ignore[method-assign]
    if app.config["WEB_NAME"]:
        _name_sessions(app.config["WEB_NAME"])


def _name_sessions(web_name: str) -> None:
    """Begin every session id with `web_name` and a full stop, which no other id has in it.

    Without WebSocket a session is many requests, which only this process can answer: a load balancer reads in the id
    where to send them.
    """
    engine = socketio.server.eio
    unnamed = engine.generate_id
    engine.generate_id = lambda: f"{web_name}.{unnamed()}"


def _add_context(app: Flask, static_files: StaticFiles) -> None:
    """What all templates know. page_files: by elements, more sheets, and whether the page is live."""
    shown = {
        "mail_sink": bool(app.config["MAIL_SINK_DIR"]),
        "static_url": static_files.url,
        "in_page": InPage(static_files.text),
        "page_files": cache(Inventory(STATIC).of_page),
    }
    app.context_processor(lambda: shown)
