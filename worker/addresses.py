"""What counts as one e-mail address; the rule that the web's forms and the worker's mail share."""

import re

LOCAL_LENGTH = 64
ADDRESS_LENGTH = 254

# Less than RFC 5322 allows: `%` and `!` are relay tricks; quoted parts and IP literals are nobody's real address.
_LOCAL = re.compile(r"[A-Za-z0-9#$&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9#$&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def check_address(text: str) -> str:
    """The one address in `text`, trimmed, its domain in lower-case ASCII (`bücher.de` as `xn--bcher-kva.de`).

    Raises ValueError with a plain sentence for anything else: several addresses, names, quoting, relay tricks.
    """
    if not isinstance(text, str):
        raise ValueError("The address is not text.")
    text = text.strip(" \t")
    if not text:
        raise ValueError("The address is empty.")
    if len(text) > ADDRESS_LENGTH:
        raise ValueError(f"The address is longer than {ADDRESS_LENGTH} characters.")
    if not text.isprintable():
        raise ValueError("The address has characters in it that cannot be shown, such as a line break.")
    if text.count("@") > 1 or any(character in text for character in ",;<> "):
        raise ValueError("This must be one address and nothing else, such as ada@example.com.")
    local, at, domain = text.partition("@")
    if not at:
        raise ValueError("The address has no @ in it.")
    checked = f"{_local(local)}@{_domain(domain)}"
    if len(checked) > ADDRESS_LENGTH:
        raise ValueError(f"The address is longer than {ADDRESS_LENGTH} characters.")
    return checked


def _local(local: str) -> str:
    if not local:
        raise ValueError("The address has nothing before the @.")
    if len(local) > LOCAL_LENGTH:
        raise ValueError(f"The address has more than {LOCAL_LENGTH} characters before the @.")
    if not _LOCAL.fullmatch(local):
        raise ValueError("The part before the @ has a character in it that is not allowed here, such as %, ! or é.")
    return local


def _domain(domain: str) -> str:
    if not domain:
        raise ValueError("The address has nothing after the @.")
    name = _ascii(domain.lower())
    labels = name.split(".")
    if len(labels) < 2:
        raise ValueError("The part after the @ needs a dot in it, as in example.com.")
    if not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise ValueError("The part after the @ is not a domain name such as example.com.")
    return name


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        name = domain.encode("idna").decode("ascii")
        unchanged = name.encode("ascii").decode("idna") == domain
    except UnicodeError:
        raise ValueError("The part after the @ is not a domain name such as example.com.") from None
    if not unchanged:
        # The codec maps `ß` to `ss` and the like: another domain, so another person.
        raise ValueError("Write the part after the @ in its ASCII form (xn--…): it can be read in two ways.")
    return name
