"""TCP ports on this machine."""

import socket

LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port that nobody uses, and that nobody else is given for a minute: a server may listen there."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        # Only now: bound with it, it could be a port that is kept for somebody else.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.listen()
        with socket.create_connection(probe.getsockname()):
            # Who hangs up first keeps the port in TIME_WAIT: the system hands it to nobody, servers may take it.
            probe.accept()[0].close()
        return int(probe.getsockname()[1])


def answers(port: int, host: str = LOOPBACK, timeout_s: float = 0.5) -> bool:
    """Whether something accepts connections there."""
    try:
        socket.create_connection((host, port), timeout=timeout_s).close()
    except OSError:
        return False
    return True
