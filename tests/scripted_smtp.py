"""An SMTP server that answers as a test says, falls silent or hangs up: what well-kept servers never do."""

import socket
import threading
from dataclasses import dataclass, field

SILENCE = "silence"
HANG_UP = "hang up"
USUAL = {
    "greeting": "220 hello",
    "EHLO": "250-hello\r\n250 AUTH PLAIN LOGIN",
    "AUTH": "235 welcome",
    "MAIL": "250 fine",
    "RCPT": "250 fine",
    "DATA": "354 go on",
    "mail": "250 taken",  # the answer to a whole mail
    "RSET": "250 fine",
    "QUIT": "221 bye",
}


@dataclass
class ScriptedSmtp:
    """`answers` overrides the usual ones, by command. Use as a context manager."""

    answers: dict[str, str] = field(default_factory=dict)
    mails: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)

    def __enter__(self) -> "ScriptedSmtp":
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._over = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._socket.close()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with peer, peer.makefile("rb") as lines:
            if not self._answer(peer, "greeting"):
                return
            for line in lines:
                command = line.decode().split()[0].upper()
                self.commands.append(line.decode().strip())
                if not self._answer(peer, command):
                    return
                if command == "DATA" and self._reply("DATA").startswith("354") and not self._take_mail(peer, lines):
                    return

    def _take_mail(self, peer: socket.socket, lines: object) -> bool:
        mail = []
        for line in lines:  # type: ignore[attr-defined]
            if line == b".\r\n":
                break
            mail.append(line.decode())
        self.mails.append("".join(mail))
        return self._answer(peer, "mail")

    def _reply(self, command: str) -> str:
        return self.answers.get(command, USUAL.get(command, "500 what?"))

    def _answer(self, peer: socket.socket, command: str) -> bool:
        reply = self._reply(command)
        if reply == SILENCE:
            self._over.wait(30)
        if reply in (SILENCE, HANG_UP):
            return False
        peer.sendall(f"{reply}\r\n".encode())
        return True
