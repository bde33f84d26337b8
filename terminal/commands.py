"""`flask --app app.factory tasks`, `watch` and `logs`: what they take. What they do is loaded when they are run."""

import functools
from collections.abc import Callable
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from terminal.moments import Moment

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
STATES = ("queued", "running", "retrying", "failed", "succeeded", "revoked")
MOST_WATCHED = 100

Command = Callable[..., int | None]


def register(app: Flask) -> None:
    """Let `flask --app app.factory` know these commands."""
    for command in (tasks, watch, logs):
        app.cli.add_command(command)


def _command(act: Command) -> Any:
    """What all of them have in common: where the web is, and how they end."""
    options = (
        click.option("--url", callback=_address, help="Where the web is; PUBLIC_URL, if left out."),
        click.option("--json", "as_json", is_flag=True, help="One JSON object a line."),
        click.option("--no-color", is_flag=True, help="No colours; as with NO_COLOR set, and where no terminal is."),
    )

    @with_appcontext
    @functools.wraps(act)
    def run(url: str | None, no_color: bool, **given: Any) -> None:
        from terminal import ending

        address = (url or current_app.config["PUBLIC_URL"]).rstrip("/")
        ending.run(functools.partial(act, address, ending.colours(no_color), **given))

    return functools.reduce(lambda function, option: option(function), options, run)


def _address(_: click.Context, __: click.Parameter, url: str | None) -> str | None:
    if url is not None and not url.startswith(("http://", "https://")):
        raise click.BadParameter("it must begin with http:// or https://")
    return url


@click.command()
@click.option("--state", type=click.Choice(STATES), help="Only those in it.")
@click.option("--name", help="Only those of this name.")
@click.option("--queue", help="Only those of this queue.")
@click.option("--worker", help="Only those of this worker.")
@click.option("--text", "-q", "q", help="Only those with this text in id, name, note, summary, worker or arguments.")
@click.option("--since", type=Moment(), help="Only those first heard of since: 10m (ago), 14:05, '2026-11-23 14:05'.")
@click.option("--until", type=Moment(), help="Only those first heard of until then.")
@click.option("--oldest", is_flag=True, help="The oldest first.")
@click.option("--most", "-n", default=20, type=click.IntRange(1, 10_000), help="How many at most; 20 if left out.")
@_command
def tasks(url: str, colours: bool, as_json: bool, oldest: bool, most: int, **asked: Any) -> None:
    """List tasks, the newest first."""
    from terminal import listing

    listing.show(url, {**asked, "order": "oldest" if oldest else "newest"}, most, colours, as_json)


@click.command()
@click.argument("task_ids", nargs=-1, required=True, metavar="TASK_ID…")
@_command
def watch(url: str, colours: bool, as_json: bool, task_ids: tuple[str, ...]) -> int:
    """Watch tasks until they have ended: exit code 0 if all succeeded, else 1."""
    from terminal import watch

    wanted = tuple(dict.fromkeys(task_ids))
    if len(wanted) > MOST_WATCHED:
        raise click.UsageError(f"At most {MOST_WATCHED} tasks at once.")
    return 0 if watch.run(url, wanted, colours, as_json) else 1


@click.command()
@click.option("--worker", help="Only those of this worker.")
@click.option("--name", help="Only those of tasks of this name.")
@click.option("--task", help="Only those of the task with this id.")
@click.option("--level", type=click.Choice(LEVELS, case_sensitive=False), help="Of this level and worse.")
@click.option("--text", "-q", "q", help="Only those with this text in them.")
@click.option("--since", type=Moment(), help="All kept lines since: 10m (ago), 14:05, '2026-11-23 14:05'.")
@click.option("--most", "-n", default=50, type=click.IntRange(0, 100_000), help="Kept lines at first; 50 if left out.")
@click.option("--follow/--no-follow", "-f", default=True, help="Go on with each new line, as is done if left out.")
@_command
def logs(url: str, colours: bool, as_json: bool, follow: bool, **given: Any) -> None:
    """Show the workers' log lines, and follow them."""
    from terminal import tail

    since, most = given.pop("since"), given.pop("most")
    wanted = {name: value for name, value in given.items() if value}
    tail.show(url, wanted, since if since is not None else most, colours, as_json, follow=follow)
