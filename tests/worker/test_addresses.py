"""One address is let through, and nothing that could be more."""

import pytest

from worker.addresses import check_address


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("ada@example.com", "ada@example.com"),
        (" Ada.Lovelace+x@Example.COM\t", "Ada.Lovelace+x@example.com"),
        ("o'neil_{a}@a-b.example.co.uk", "o'neil_{a}@a-b.example.co.uk"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("a@1.2.3.example", "a@1.2.3.example"),
    ],
)
def test_an_address_is_let_through(given: str, address: str) -> None:
    assert check_address(given) == address


@pytest.mark.parametrize(
    "given",
    [
        "",
        " ",
        "@",
        "ada",
        "ada@",
        "@example.com",
        "a@x, b@evil",
        "a@example.com,b@example.com",
        "a@example.com;b@example.com",
        "a@example.com b@example.com",
        "<a@example.com>",
        "Ada <a@example.com>",
        "<a@example.com><b@example.com>",
        "a@b@example.com",
        "victim%evil@",
        "a%b@example.com",
        "a!b@example.com",
        '"a b"@example.com',
        "a\0b@example.com",
        "a@example.com\0",
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com\n",
        ".a@example.com",
        "a.@example.com",
        "a..b@example.com",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@localhost",
        "a@-x.example",
        "a@x-.example",
        "a@x..example",
        "a@example.com.",
        "a@exa_mple.com",
        "é@example.com",
        "a@straße.example",
        "a@\ud800.example",
        "a\u202e@example.com",
        "a@ex\u200bample.com",
        "a" * 65 + "@example.com",
        "a@" + "x" * 64 + ".example",
        "a@" + "x." * 130 + "example",
        "ü@" * 1_000,
        ", ".join(f"a{number}@example.com" for number in range(1_000)),
    ],
    ids=lambda given: given[:30].encode("unicode_escape").decode() or "empty",
)
def test_anything_else_is_refused_in_a_sentence(given: str) -> None:
    with pytest.raises(ValueError, match=r"^[TW].*\.$"):
        check_address(given)


@pytest.mark.parametrize("given", [None, 1, ["a@example.com"], b"a@example.com"])
def test_what_is_no_text_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="not text"):
        check_address(given)  # type: ignore[arg-type]
