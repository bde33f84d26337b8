"""A letter is text with columns in it, and no program."""

import pytest

from worker.letters import BODY_LENGTH, BadLetter, Letter, check_letter

COLUMNS = ("email", "name")
ADA = {"email": "ada@example.com", "name": "Ada"}


def test_columns_are_filled_in() -> None:
    letter = check_letter("Hi {{ name }}", "Dear {{ name | upper }},\n{# not shown #}<{{ email }}>\n", COLUMNS)
    assert letter.fill_in(ADA) == ("Hi Ada", "Dear ADA,\n<ada@example.com>\n")


def test_nothing_is_escaped_as_it_is_plain_text() -> None:
    assert check_letter("A & B", "{{ name }}", COLUMNS).fill_in(ADA | {"name": "<b>&"})[1] == "<b>&"


def test_a_value_is_never_taken_for_a_template() -> None:
    assert check_letter("Hi", "{{ name }}", COLUMNS).fill_in(ADA | {"name": "{{ email }}"})[1] == "{{ email }}"


def test_an_empty_value_can_have_a_stand_in() -> None:
    letter = check_letter("Hi", "Dear {{ name | default('friend', true) }}", COLUMNS)
    assert letter.fill_in(ADA | {"name": ""})[1] == "Dear friend"


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'x' * 10**9 }}",
        "{{ 10**10**10 }}",
        "{{ 'x' ~ name }}",
        "{% for i in range(10**9) %}x{% endfor %}",
        "{% for a in name %}{% for b in name %}x{% endfor %}{% endfor %}",
        "{% if name %}x{% endif %}",
        "{% set a = 1 %}",
        "{% macro m() %}{{ m() }}{% endmacro %}",
        "{% include 'base.html' %}",
        "{% extends 'base.html' %}",
        "{% import 'base.html' as b %}",
        "{{ name.__class__.__mro__ }}",
        "{{ name['x'] }}",
        "{{ name() }}",
        "{{ name | center(1000000000) }}",
        "{{ name | upper('x') }}",
        "{{ name | default(*name) }}",
        "{{ range }}",
        "{{ self }}",
        "{{ cycler }}",
        "{{ [name] }}",
        "{{ name",
        "{{ }}",
        "{{ name }",
        "{{ name }} {% raw %} x",
        "{{ " + "(" * 50_000,
        "{{ " + "[" * 50_000,
        "{{" * 50_000,
        "{{ " + "9" * 5_000 + " }}",
        "{{ name" + " | upper" * 11_000 + " }}",
        "{{ name }}" * 101,
        "{{ not_a_column }}",
        "x\0y",
        "x\ud800y",
        "",
        " \n",
        "x" * (BODY_LENGTH + 1),
    ],
    ids=lambda template: template[:30] or "empty",
)
def test_everything_else_is_refused(template: str) -> None:
    with pytest.raises(BadLetter) as caught:
        check_letter("Hi", template, COLUMNS)
    assert caught.value.field == "body"


def test_an_unknown_column_is_named_beside_those_there_are() -> None:
    with pytest.raises(BadLetter, match=r"uses {{ nmae }}, but the columns are email, name\."):
        check_letter("Hi {{ nmae }}", "x", COLUMNS)


def test_a_fault_in_the_template_is_named_by_its_line() -> None:
    with pytest.raises(BadLetter, match="Line 3 of the body"):
        check_letter("Hi", "a\nb\n{% if %}", COLUMNS)


@pytest.mark.parametrize("subject", ["a\nb", "a\r\nBcc: x@y.example", "a\0", "x" * 201, "", " ", "a\u2028b", "a\x85b"])
def test_a_subject_is_one_line(subject: str) -> None:
    with pytest.raises(BadLetter) as caught:
        check_letter(subject, "x", COLUMNS)
    assert caught.value.field == "subject"


@pytest.mark.parametrize("name", ["a\nb", "a\r\nBcc: x@y.example", "x" * 300, "", "a\x85b"])
def test_a_value_cannot_break_the_subject(name: str) -> None:
    with pytest.raises(BadLetter):
        check_letter("{{ name }}", "x", COLUMNS).fill_in(ADA | {"name": name})


def test_a_letter_that_nobody_checked_still_runs_no_code() -> None:
    with pytest.raises(BadLetter):
        Letter("Hi", "{% for i in range(10**9) %}{% endfor %}").fill_in(ADA)
