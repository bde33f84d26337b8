"""Programs that only say something: what a finder may come across."""

from pathlib import Path


def program(path: Path, text: str) -> Path:
    """A script that can be run."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path
