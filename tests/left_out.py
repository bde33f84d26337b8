"""The flags that leave tests out which need what a machine may lack; what was left out is said in the last line."""

import pytest

LEFT_OUT = {"--no-browser": ("browser", "browser tests"), "--no-nginx": ("start_balancer", "tests with nginx")}
"""The flag, the fixture that such a test needs, and what such tests are called."""


def pytest_addoption(parser: pytest.Parser) -> None:
    for flag, (_, called) in LEFT_OUT.items():
        parser.addoption(flag, action="store_true", help=f"leave the {called} out, on purpose")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for flag, (fixture, _) in LEFT_OUT.items():
        needing = [item for item in items if fixture in getattr(item, "fixturenames", ())]
        for item in needing if config.getoption(flag) else []:
            item.add_marker(pytest.mark.skip(reason=flag))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is None:
        return  # one of several that run side by side: who started them has their reports, and a terminal
    reasons = [str(report.longrepr) for report in terminal.stats.get("skipped", [])]
    for flag, (_, called) in LEFT_OUT.items():
        if count := sum(f"Skipped: {flag}" in reason for reason in reasons):
            print(f"ATTENTION: {flag} left {count} {called} out.")  # noqa: T201 - the last line
