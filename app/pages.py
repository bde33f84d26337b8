"""The HTML edge: the board with its forms, and a task's own page."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.errors import NotFound
from app.extensions import table
from app.recipients import check_address
from app.start import start_task
from worker.events import TASK_ID_LENGTH

pages = Blueprint("pages", __name__)

LATER_S = 60.0


@pages.get("/")
def board() -> str:
    """All tasks, and the forms that start some."""
    return render_template("board.html", email=session.get("email", ""))


@pages.post("/")
def send_email() -> Response:
    """Send a test e-mail, at once or in a minute."""
    given = request.form.get("email", "")
    session["email"] = given[:320]
    try:
        address = check_address(given)
    except ValueError as error:
        flash(str(error), "error")
        return redirect(url_for("pages.board"))
    later = request.form.get("submit") == "Send in 1 minute"
    _start_email(address, later)
    when = f"An email will be sent to {address} in one minute" if later else f"Sending email to {address}"
    flash(when, "info")
    return redirect(url_for("pages.board"))


def _start_email(address: str, later: bool) -> None:
    email = {
        "subject": "Hello from Pushboard",
        "to": address,
        "body": "This is a test email sent from a background Celery task.",
    }
    start_task("mail.send_test_email", [email], countdown_s=LATER_S if later else None)


@pages.get("/workers")
def workers() -> str:
    """All workers and queues."""
    return render_template("workers.html")


@pages.get("/tasks/<task_id>")
def task(task_id: str) -> str:
    """One task."""
    known = table().task(task_id) if len(task_id) <= TASK_ID_LENGTH else None
    if known is None:
        raise NotFound("There is no task with this id. Nobody issued it, or it is older than what is kept.")
    return render_template("task.html", row=known.rows[0], now=known.now_s)
