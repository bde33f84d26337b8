"""What can stop the launcher, each said to a person in one sentence."""


class LauncherError(Exception):
    """The set-up or the start can't go on; the message says why and what to do."""


class RedisError(LauncherError):
    """No Redis server could be found, started or reached."""


class BrowserNotFound(LauncherError):
    """There is no browser to test with, and none of the ways to get one worked."""


class NginxNotFound(LauncherError):
    """There is no nginx to test with, and none of the ways to get one worked."""


class AlreadyRunning(LauncherError):
    """Another launcher works on the same data folder."""
