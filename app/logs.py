"""The logs' edge: the page, and asking back for what was logged."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, render_template, request

from app import lines
from app.extensions import journal
from app.lines_room import back, forth, of_task

logs = Blueprint("logs", __name__)


@logs.get("/logs")
def page() -> str:
    """All workers' log lines."""
    return render_template("logs.html")


@logs.get("/api/logs")
def ask() -> dict[str, Any]:
    """Lines in their order, where one may go on from (`next`, "" at the end), and how much is kept."""
    question = lines.read(request.args)
    found, on = _found(question)
    return {"rows": found, "next": on, "kept": asdict(journal().kept())}


def _found(question: lines.Question) -> tuple[list[lines.Row], str]:
    if question.filter.task:
        return of_task(journal(), question.filter, question)
    read, place = (forth, question.after) if question.after else (back, question.before)
    return read(journal(), question.filter, place, question.most)
