"""Runs all of Pushboard on one machine: `python -m launcher`."""
