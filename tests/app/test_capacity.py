"""More connections than a web process has file descriptors for."""

import contextlib
import socket
from pathlib import Path

from tests.processes import Service, answers_healthz, new_web, wait_until

UPGRADE = """\
GET /socket.io/?EIO=4&transport=websocket HTTP/1.1
Host: 127.0.0.1
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Version: 13

""".replace("\n", "\r\n")


def is_served(pid: int) -> bool:
    """Whether the process holds all the descriptors that connections may use."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir())) > (256 - 64) // 2


def test_a_web_process_outlives_more_connections_than_it_has_file_descriptors_for(
    tmp_path: Path, services: list[Service], service_env: dict[str, str]
) -> None:
    web = new_web(tmp_path / "web.log", **service_env)
    web.command = f"sh -c 'ulimit -n 256; exec {web.command}'"
    services.append(web)
    web.start()
    with contextlib.ExitStack() as clients:
        for _ in range(300):
            client = clients.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", web.port))
            client.settimeout(0.05)
            with contextlib.suppress(OSError):
                client.sendall(UPGRADE.encode())  # the server's backlog may be full
        wait_until(lambda: web.returncode is not None or is_served(web.pid), 15, "as many as may be are served")
        assert web.returncode is None
    wait_until(lambda: answers_healthz(web.url), 10, "it serves again")
