"""The worker's settings."""

import pytest

from worker.config import load
from worker.errors import SettingError


def test_modules_with_ones_own_tasks_are_named_with_commas() -> None:
    assert load({"TASK_MODULES": "shop_tasks, shop.mail,"}).task_modules == ("shop_tasks", "shop.mail")
    assert load({"TASK_MODULES": ""}).task_modules == ()


@pytest.mark.parametrize("given", ["shop_tasks.py", "shop tasks", "./shop_tasks", "shop-tasks", "shop..tasks"])
def test_what_is_no_module_stops_the_start_and_is_named(given: str) -> None:
    with pytest.raises(SettingError, match="TASK_MODULES must be names of Python modules"):
        load({"TASK_MODULES": given})
