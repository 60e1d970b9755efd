"""Code lists: every code of every list has a label in both languages."""

from typing import Any

import pytest

from app.assignments import rules as assignments
from app.help_requests import rules as help_requests
from app.rounds import rules as rounds
from app.rounds.service.code_lists import LABELS

LISTS = {
    "statuses": help_requests.Status,
    "urgencies": help_requests.Urgency,
    "threats": help_requests.Threat,
    "weights": help_requests.Weight,
    "concerns": help_requests.Concerns,
    "channels": help_requests.Channel,
    "outcomes": help_requests.Outcome,
    "contact-kinds": help_requests.ContactKind,
    "legal-reports": help_requests.LegalReport,
    "clocks": help_requests.ClockName,
    "assignment-kinds": assignments.Kind,
    "purposes": assignments.Purpose,
    "phases": assignments.Phase,
    "end-reasons": assignments.EndReason,
    "round-states": rounds.RoundState,
    "proposal-states": rounds.ProposalState,
    "decisions": rounds.DecisionKind,
    "reject-reasons": rounds.RejectReason,
    "override-reasons": rounds.OverrideReason,
}


def test_the_lists_are_the_ones_that_are_labelled():
    assert set(LISTS) == set(LABELS)


@pytest.mark.parametrize("name", LISTS)
def test_every_code_has_a_label_in_both_languages(name: str):
    assert list(LABELS[name]) == list(LISTS[name])
    assert all(label.nl and label.en for label in LABELS[name].values())


def test_labels_follow_the_language(as_role: Any):
    client = as_role("intake")

    def labels(language: str) -> dict[str, str]:
        lists = client.get("/v1/code-lists", headers={"Accept-Language": language}).json()["items"]
        return {
            entry["code"]: entry["label"] for entry in next(x for x in lists if x["name"] == "weights")["codes"]
        }

    assert labels("nl") == {"light": "licht", "medium": "midden", "heavy": "zwaar"}
    assert labels("en") == {"light": "light", "medium": "medium", "heavy": "heavy"}
