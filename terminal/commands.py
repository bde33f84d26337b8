"""`flask --app app.factory tasks`, `watch` and `logs`."""

import functools
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import click
from flask import Flask, current_app

UNKNOWN, NOBODY, INTERRUPTED, BROKEN_PIPE = 3, 4, 130, 141
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
STATES = ("queued", "running", "retrying", "failed", "succeeded", "revoked")

Command = Callable[..., int | None]


def register(app: Flask) -> None:
    """Let `flask --app app.factory` know these commands."""
    for command in (tasks, watch, logs):
        app.cli.add_command(command)


def _command(act: Command) -> Any:
    """What all of them have in common: where the web is, and how they end."""
    options = (
        click.option("--url", envvar="PUSHBOARD_URL", help="Where the web is; this machine's, if left out."),
        click.option("--json", "as_json", is_flag=True, help="One JSON object a line."),
        click.option("--no-color", is_flag=True, help="No colours; as with NO_COLOR set, and where no terminal is."),
    )

    @functools.wraps(act)
    def run(url: str | None, no_color: bool, **given: Any) -> None:
        here = f"http://127.0.0.1:{current_app.config['PORT']}"
        colours = sys.stdout.isatty() and not (no_color or os.environ.get("NO_COLOR"))
        if url and not url.startswith(("http://", "https://")):
            raise click.BadParameter("it must begin with http:// or https://", param_hint="--url")
        sys.exit(_ended(functools.partial(act, (url or here).rstrip("/"), colours, **given)))

    return functools.reduce(lambda function, option: option(function), options, run)


def _ended(act: Callable[[], int | None]) -> int:
    from terminal import web

    try:
        return act() or 0
    except web.NoAnswer as error:
        click.echo(str(error), err=True)
        return NOBODY
    except web.Refused as error:
        click.echo(str(error), err=True)
        return UNKNOWN
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads what is still to be flushed
        return BROKEN_PIPE


@click.command()
@click.option("--state", type=click.Choice(STATES), help="Only those in it.")
@click.option("--name", help="Only those of this name.")
@click.option("--queue", help="Only those of this queue.")
@click.option("--worker", help="Only those of this worker.")
@click.option("--text", "-q", "q", help="Only those with this text in id, name, note, summary, worker or arguments.")
@click.option("--oldest", is_flag=True, help="The oldest first.")
@click.option("--most", "-n", default=20, type=click.IntRange(1, 200), help="How many at most; 20 if left out.")
@_command
def tasks(url: str, colours: bool, as_json: bool, oldest: bool, **asked: Any) -> None:
    """List tasks, the newest first."""
    import shutil

    from terminal import web, words

    page = web.get(url, "/api/tasks", {**asked, "order": "oldest" if oldest else "newest"})
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    for row in page["rows"]:
        click.echo(json.dumps(row) if as_json else words.task(row, columns, colours), color=True)
    if not as_json:
        click.echo(_counted(len(page["rows"]), page["total"], page["next"]), err=True)


def _counted(shown: int, total: int | None, more: str) -> str:
    if total is not None:
        return f"{shown} of {total:,} tasks."
    return f"{shown} tasks; there are more." if more else f"{shown} tasks."


@click.command()
@click.argument("task_ids", nargs=-1, required=True, metavar="TASK_ID…")
@_command
def watch(url: str, colours: bool, as_json: bool, task_ids: tuple[str, ...]) -> int:
    """Watch tasks until they have ended: exit code 0 if all succeeded, else 1."""
    from terminal.line import Line
    from terminal.room import Room
    from terminal.subscriptions import Subscriptions
    from terminal.watch import Paper, Screen, watch

    wanted = tuple(dict.fromkeys(task_ids))
    shown = Screen(sys.stdout, colours) if sys.stdout.isatty() and not as_json else Paper(sys.stdout, as_json)
    rooms, line = [Room(f"task:{task_id}") for task_id in wanted], Line(url)
    line.open()
    try:
        return 0 if watch(Subscriptions(line, rooms, shown.say), rooms, wanted, shown) else 1
    finally:
        line.close()


@click.command()
@click.option("--worker", help="Only those of this worker.")
@click.option("--name", help="Only those of tasks of this name.")
@click.option("--task", help="Only those of the task with this id.")
@click.option("--level", type=click.Choice(LEVELS, case_sensitive=False), help="Of this level and worse.")
@click.option("--text", "-q", "q", help="Only those with this text in them.")
@click.option("--most", "-n", default=50, type=click.IntRange(0, 100_000), help="Kept lines at first; 50 if left out.")
@click.option("--follow/--no-follow", "-f", default=True, help="Go on with each new line, as is done if left out.")
@_command
def logs(url: str, colours: bool, as_json: bool, most: int, follow: bool, **given: str | None) -> None:
    """Show the workers' log lines, and follow them."""
    from terminal import words
    from terminal.line import Line
    from terminal.logs import LogLines
    from terminal.subscriptions import Subscriptions

    def show(row: dict[str, Any]) -> None:
        sys.stdout.write((json.dumps(row) if as_json else words.log_line(row, colours)) + "\n")

    lines = LogLines(url, {name: value for name, value in given.items() if value}, show)
    lines.history(most)
    sys.stdout.flush()
    if not follow:
        return
    line = Line(url)
    line.open()
    try:
        for _ in Subscriptions(line, [lines], lambda text: click.echo(text, err=True)).changes():
            sys.stdout.flush()
    finally:
        line.close()
