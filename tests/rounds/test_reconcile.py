"""What a plan changes, given what people decided while it was made."""

from uuid import UUID

import pytest

from app.rounds.rules import Outcome, Shown, reconcile

R, S = UUID(int=1), UUID(int=2)
ANN, BEN = UUID(int=11), UUID(int=12)
OLD, NEW = UUID(int=21), UUID(int=22)


def test_a_request_without_a_proposal_gets_one() -> None:
    assert reconcile({R: ANN}, {}, {}, possible={R}) == Outcome(frozenset(), (R,), {})


def test_an_unchanged_proposal_is_kept() -> None:
    shown = {R: Shown(OLD, ANN)}

    assert reconcile({R: ANN}, shown, shown, possible={R}) == Outcome(frozenset({R}), (), {})


def test_another_caseworker_replaces_the_proposal() -> None:
    shown = {R: Shown(OLD, ANN)}

    assert reconcile({R: BEN}, shown, shown, possible={R}) == Outcome(frozenset(), (R,), {R: OLD})


def test_a_proposal_that_is_not_in_the_plan_ends_without_a_new_one() -> None:
    shown = {R: Shown(OLD, ANN)}

    assert reconcile({}, shown, shown, possible=set()) == Outcome(frozenset(), (), {R: OLD})


def test_what_was_decided_meanwhile_is_left_alone() -> None:
    assert reconcile({R: BEN}, {R: Shown(OLD, ANN)}, {}, possible={R}) == Outcome(frozenset(), (), {})


def test_a_proposal_that_was_made_meanwhile_is_kept() -> None:
    assert reconcile({R: BEN}, {}, {R: Shown(NEW, ANN)}, possible={R}) == Outcome(frozenset({R}), (), {})


@pytest.mark.parametrize("shown", [{}, {R: Shown(OLD, ANN)}])
def test_a_request_that_became_impossible_meanwhile_gets_nothing_new(shown: dict[UUID, Shown]) -> None:
    outcome = reconcile({R: BEN}, shown, shown, possible=set())

    assert outcome == Outcome(frozenset(shown), (), {})


def test_requests_do_not_affect_each_other() -> None:
    shown = {S: Shown(OLD, ANN)}

    assert reconcile({R: ANN, S: BEN}, shown, shown, possible={R, S}) == Outcome(frozenset(), (R, S), {S: OLD})
