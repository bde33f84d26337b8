"""Which browsers are connected to this process."""

import re
from typing import Any

_BROWSER = re.compile(r"[0-9a-f]{32}", re.ASCII)


class Presence:
    """A browser names itself when it connects; nobody else knows the name."""

    def __init__(self) -> None:
        """Nobody is here."""
        self._browsers: dict[str, str] = {}

    def came(self, sid: str, auth: Any) -> None:
        """A client has connected; `auth` is what it said then, perhaps `{browser}`."""
        browser = auth.get("browser") if isinstance(auth, dict) else None
        if isinstance(browser, str) and _BROWSER.fullmatch(browser):
            self._browsers[sid] = browser

    def went(self, sid: str) -> None:
        """The client has gone."""
        self._browsers.pop(sid, None)

    def browsers(self) -> set[str]:
        """All that are here, each once."""
        return set(list(self._browsers.values()))
