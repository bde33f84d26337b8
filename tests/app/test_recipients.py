"""Every fault of a list of recipients is named by its line."""

import time

import pytest

from app.recipients import BadMailing, Problem, check, parse


def problems(source: bytes | str, subject: str = "Hi", body: str = "x") -> list[tuple[int | None, str]]:
    with pytest.raises(BadMailing) as caught:
        check(subject, body, parse(source))
    assert all(isinstance(problem, Problem) for problem in caught.value.problems)
    return [(problem.line, problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_usual_kinds_of_csv_are_read(delimiter: str, newline: str) -> None:
    lines = (" Email ,First name", " ada@Example.com ,Ada", ",", "", 'grace@example.com,"a, ""b""; c"')
    text = newline.join(line.replace(",", delimiter, 1) for line in lines)
    listed = parse(b"\xef\xbb\xbf" + text.encode())
    assert listed.columns == ("email", "First_name")
    assert [(row.line, row.email, row.values["First_name"]) for row in listed.rows] == [
        (2, "ada@example.com", "Ada"),
        (5, "grace@example.com", 'a, "b"; c'),
    ]


def test_a_list_of_nothing_but_addresses_needs_only_its_header() -> None:
    assert [row.email for row in parse("email\nada@example.com\ngrace@example.com").rows] == [
        "ada@example.com",
        "grace@example.com",
    ]


def test_a_row_is_named_by_the_line_it_begins_on() -> None:
    assert problems('email,name\nada@example.com,"two\nlines"\n\nbad,x\n') == [(5, "The address has no @ in it.")]


def test_all_bad_rows_are_named_at_once() -> None:
    text = (
        "email,name\nada@example.com,a\n,b\nada@EXAMPLE.com,c\nx@example.com\ny@example.com,d,e\nz@example.com,a\x1bb\n"
    )
    assert problems(text) == [
        (3, "The address is empty."),
        (4, "ada@example.com is in line 2 already."),
        (5, "It has 1 fields, but the header has 2."),
        (6, "It has 3 fields, but the header has 2."),
        (7, "The field name has a control character in it."),
    ]


def test_more_than_a_hundred_faults_are_counted() -> None:
    told = problems("email\n" + "bad\n" * 350)
    assert len(told) == 101
    assert told[-1] == (None, "… and 250 more.")


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("", None, "no recipients"),
        (" \n\n", None, "no recipients"),
        ("email\n", None, "no recipients below"),
        ("ada@example.com\ngrace@example.com\n", 1, "put a line with the word email above it"),
        ("name,mail\nAda,ada@example.com\n", 1, "must be a header"),
        ("\n\nname\nAda\n", 3, "must be a header"),
        ("email,\nada@example.com,x\n", 1, "Column 2 has no name"),
        ("email,name,name\nada@example.com,x,y\n", 1, "Two columns are called name"),
        ("email,EMAIL\nada@example.com,x\n", 1, "Two columns are called email"),
        ("email," + "x" * 61 + "\n", 1, "longer than 60"),
        ("email," + ",".join(f"c{number}" for number in range(60)) + "\n", 1, "more than 50 columns"),
        ('email,name\nada@example.com,"x\nb@example.com,y\n', 2, "quotation mark is not closed"),
        ('email,name\nada@example.com,"x"y\n', 2, "not CSV"),
        ("email,name\nada@example.com," + "x" * 1_001, 2, "longer than 1,000"),
        ("email,name\nada@example.com," + "x" * 200_000, 2, "not CSV"),
        ("email,name\nada@example.com,a\0b\n", 2, "control character"),
        ("email,name\nada@example.com,a\ud800b\n", 2, "not UTF-8"),
        (b"email,name\nada@example.com,x\ngrace@example.com,M\xfcller\n", 3, "not UTF-8"),
        ("email\nada@example.com\n".encode("utf-16"), 1, "not UTF-8"),
        (b"PK\x03\x04\x14\x00\x06\x00\xff", 1, "not UTF-8"),
        ("x" * 1_000_001, None, "larger than 1 MB"),
        ("email\n" + "".join(f"r{n}@example.com\n" for n in range(10_001)), 10_002, "more than 10,000 rows"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isprintable() and len(value) < 60 else "",
)
def test_each_fault_has_its_sentence(source: bytes | str, line: int | None, words: str) -> None:
    told = problems(source)
    assert len(told) == 1
    assert told[0][0] == line
    assert words in told[0][1]


def test_a_value_that_would_break_the_subject_is_named_by_its_row() -> None:
    text = 'email,name\nada@example.com,Ada\ngrace@example.com,"a\nBcc: eve@evil.example"\n'
    assert problems(text, "Hi {{ name }}")[0][0] == 3
    check("Hi", "{{ name }}", parse(text))  # in the body it may


def test_the_largest_list_is_read_soon() -> None:
    text = "email,name\n" + "".join(f"recipient{n}@example.com,{'x' * 73}\n" for n in range(10_000))
    assert len(text) > 990_000
    began = time.process_time()
    check("Hi {{ name }}", "Dear {{ name }}", parse(text))
    assert time.process_time() - began < 1.0
