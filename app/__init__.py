"""The web process. No imports here: Python runs this file before app/__main__.py has patched anything."""
