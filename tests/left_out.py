"""The flags that leave tests out which need what a machine may lack; what was left out is said in the last line."""

from collections import Counter

import pytest

LEFT_OUT = {"--no-browser": ("browser", "browser tests"), "--no-nginx": ("start_balancer", "tests with nginx")}
"""The flag, the fixture that such a test needs, and what such tests are called."""

left_out: Counter[str] = Counter()


def pytest_addoption(parser: pytest.Parser) -> None:
    for flag, (_, called) in LEFT_OUT.items():
        parser.addoption(flag, action="store_true", help=f"leave the {called} out, on purpose")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for flag, (fixture, _) in LEFT_OUT.items():
        needing = [item for item in items if fixture in getattr(item, "fixturenames", ())]
        for item in needing if config.getoption(flag) else []:
            left_out[flag] += 1
            item.add_marker(pytest.mark.skip(reason=flag))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    for flag, count in left_out.items():
        print(f"ATTENTION: {flag} left {count} {LEFT_OUT[flag][1]} out.")  # noqa: T201 - the last line
