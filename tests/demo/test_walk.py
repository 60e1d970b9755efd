"""The walk through the demo says clearly when something is not there."""

from app.demo.walk import walk

KEYS = {"intake": "sb_one", "team-lead": "sb_two"}


def test_the_walk_says_that_nobody_answers() -> None:
    said: list[str] = []

    assert walk("http://127.0.0.1:9", KEYS, said.append) is False
    assert "The walk stopped: POST /v1/help-requests: no answer" in said[-1]


def test_the_walk_is_left_out_when_a_key_is_gone() -> None:
    said: list[str] = []

    assert walk("http://127.0.0.1:9", {"intake": "sb_one"}, said.append) is False
    assert said == ["The walk is left out: the key of team-lead is not in the data folder any more."]
