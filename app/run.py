"""Runs any task: the list of all that can be run, the form of each, and the same for programs."""

import json
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for

from app import docstring, fields, written
from app.arguments import arguments
from app.errors import BadFields, BadRequest, NotFound, wants_json
from app.extensions import registry
from app.fields import Field
from app.start import start_task
from worker.registry import Runnable

run = Blueprint("run", __name__)
run.add_app_template_filter(docstring.pieces)

MOST_BYTES = 256_000
"""Of what is sent with a start: checking more of it would keep others waiting."""

LONGEST_SEARCH = 200

Answer = Any


@run.get("/run")
def index() -> str:
    """All tasks that can be run, or those that have all of these words in their name or docstring."""
    text = request.args.get("q", "")[:LONGEST_SEARCH]
    tasks = [one for one in registry().all() if one.listed]
    words = text.lower().split()
    found = [one for one in tasks if all(word in f"{one.name} {one.doc}".lower() for word in words)]
    return render_template("run_index.html", tasks=found, number=len(tasks), text=text)


@run.get("/run/<path:name>")
def form(name: str) -> str:
    """A task's form; what the address has of its fields stands in them already."""
    task = _task(name)
    return _form(task, fields.fields_of(task.parameters), request.args, {})


@run.post("/run/<path:name>")
def start(name: str) -> Answer:
    """Start a task with what was written into its form, or say of each field what is wrong with it."""
    request.max_content_length = MOST_BYTES
    task = _task(name)
    asked = fields.fields_of(task.parameters)
    texts = {key: values[-1] for key, values in request.form.lists()}  # a box that is ticked says false before
    try:
        args, kwargs = _arguments(task, asked, texts)
    except BadFields as error:
        if wants_json():
            raise
        return _form(task, asked, texts, error.fields), error.status
    task_id = start_task(task.name, args, kwargs, queue=task.queue)
    return _accepted(task_id) if wants_json() else redirect(url_for("pages.task", task_id=task_id), 303)


@run.post("/api/tasks")
def start_by_program() -> Answer:
    """Start a task: `{name, kwargs?}` in JSON."""
    request.max_content_length = MOST_BYTES
    body = _body()
    unknown = body.keys() - {"name", "kwargs"}
    if unknown:
        raise BadFields(dict.fromkeys(sorted(unknown), "A start has a name and kwargs, and nothing else."))
    name, kwargs = body.get("name"), body.get("kwargs", {})
    task = registry().one(name) if isinstance(name, str) else None
    if task is None:
        raise BadFields({"name": "No worker that was heard of lately has a task of this name."})
    if not isinstance(kwargs, dict):
        raise BadFields({"kwargs": "This must be an object: the values by argument."})
    return _accepted(start_task(task.name, *arguments(task.parameters, kwargs), queue=task.queue))


def _task(name: str) -> Runnable:
    task = registry().one(name)
    if task is None:
        raise NotFound("No worker that was heard of lately has a task of this name. Is one that has it running?")
    return task


def _arguments(task: Runnable, asked: list[Field], texts: Mapping[str, str]) -> tuple[list[Any], dict[str, Any]]:
    """From a form; raises BadFields with all that is wrong at once."""
    given, faults = written.values_of(asked, texts)
    try:
        made = arguments(task.parameters, given)
    except BadFields as error:
        faults = written.by_field(error.fields, asked) | faults
    if faults:
        raise BadFields(faults)
    return made


def _accepted(task_id: str) -> tuple[Response, int, dict[str, str]]:
    location = url_for("pages.task", task_id=task_id)
    return jsonify(task_id=task_id, location=location), 202, {"Location": location}


def _body() -> dict[str, Any]:
    if not request.is_json:
        raise BadRequest('Send JSON, such as {"name": "demo.long_task", "kwargs": {}}, as application/json.')
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise BadRequest("The body is no JSON that can be read.") from None
    if not isinstance(body, dict):
        raise BadRequest("The body must be an object with name and kwargs.")
    return body


def _form(task: Runnable, asked: list[Field], texts: Mapping[str, str], faults: dict[str, str]) -> str:
    shown = fields.shown(asked, texts, faults)
    groups = [(group, list(members)) for group, members in groupby(shown, lambda one: one.field.group)]
    known = {one.name for one in asked}
    loose = {name: message for name, message in faults.items() if name not in known}
    return render_template("run_form.html", task=task, shown=shown, groups=groups, faults=faults, loose=loose)
