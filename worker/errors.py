"""Errors of the worker and of the contract; imports nothing.

SettingError    a setting has a value that cannot be used
"""


class SettingError(ValueError):
    """A setting has a value that cannot be used; the text names the setting and says what would do."""
