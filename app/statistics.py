"""The page of statistics, and the same as JSON."""

from typing import Any

from flask import Blueprint, render_template

from app.extensions import counted
from app.statistics_room import as_json

statistics = Blueprint("statistics", __name__)


@statistics.get("/statistics")
def page() -> str:
    """Charts of what happened, and of how long runs take."""
    return render_template("statistics.html")


@statistics.get("/api/statistics")
def api() -> dict[str, Any]:
    """All that is counted."""
    return as_json(counted().read())
