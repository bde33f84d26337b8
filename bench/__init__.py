"""Measurements of Pushboard beside what a user would have instead; loopback only."""
