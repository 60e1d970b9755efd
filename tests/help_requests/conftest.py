"""Keys of those who ask."""

from typing import Any

import pytest


@pytest.fixture
def intake(as_role: Any) -> Any:
    return as_role("intake")


@pytest.fixture
def lead(as_role: Any) -> Any:
    return as_role("team_lead")
