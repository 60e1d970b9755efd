"""One real help request's way, from intake to an accepted assignment, over the running service's own API."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from app.demo.keys import INTAKE, LEAD, lead_of

Out = Callable[[str], None]
Json = dict[str, Any]

REQUEST: Json = {
    "topic": "finances",
    "otherTopics": ["housing"],
    "urgency": "urgent",
    "threat": "eviction",
    "weight": "medium",
    "concerns": "self",
    "adult": True,
    "district": "NIE",
    "channel": "phone",
    "languages": {"preferred": ["ar"]},
    "legalReports": ["wgs-threat"],
    "summary": "Invented example: letters about rent arrears; no safety worries.",
}
ANSWER_SECONDS = 10
ROUND_SECONDS = 90
POLL_SECONDS = 0.2
TELL_EVERY_SECONDS = 5
MOST_SHOWN = 5


class StepFailed(Exception):
    """A step did not go as it should; the message says which and how."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a key, who calls the API."""

    client: httpx2.Client
    key: str

    def get(self, path: str) -> Json:
        """Return what stands at a path."""
        return self._call("GET", path, expected=200)

    def post(self, path: str, body: Json, *, if_match: str | None = None) -> Json:
        """Send something and return the answer to it."""
        headers = {} if if_match is None else {"If-Match": if_match}
        return self._call("POST", path, expected=201, json=body, headers=headers)

    def _call(self, method: str, path: str, *, expected: int, **more: Any) -> Json:
        headers = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        try:
            answer = self.client.request(method, f"/v1{path}", headers=headers, **more)
        except httpx2.TransportError as error:
            raise StepFailed(f"{method} /v1{path}: no answer ({error})") from None
        if answer.status_code != expected:
            raise StepFailed(f"{method} /v1{path} answered {answer.status_code}: {_detail(answer)}")
        found: Json = answer.json()
        return found


def walk(base_url: str, keys: Mapping[str, str], out: Out) -> bool:
    """Send a help request, show who is proposed, why, and why not others; accept it; show the load.

    Parameters
    ----------
    keys
        Those of the seeding: the intake desk's, and the team leads'.
    out
        Takes each piece of text.

    Returns
    -------
    bool
        Whether every step succeeded; when one did not, ``out`` was told which and how.
    """
    missing = {INTAKE, LEAD} - keys.keys()
    if missing:
        out(
            f"The walk is left out: the key of {' and '.join(sorted(missing))} is not in the data folder any more."
        )
        return False
    try:
        with _client(base_url) as client:
            _steps(client, keys, out)
    except StepFailed as failed:
        out(f"\nThe walk stopped: {failed}")
        return False
    return True


@contextmanager
def _client(base_url: str) -> Iterator[httpx2.Client]:
    # Straight to the service, also where the environment names a proxy.
    headers = {"Accept-Language": "en"}
    with httpx2.Client(base_url=base_url, headers=headers, timeout=ANSWER_SECONDS, trust_env=False) as client:
        yield client


def _steps(client: httpx2.Client, keys: Mapping[str, str], out: Out) -> None:
    intake, lead = Visitor(client, keys[INTAKE]), Visitor(client, keys[LEAD])
    request = _take_in(intake, out)
    proposal = _wait_for_proposal(lead, request["id"], out)
    explanation = lead.get(f"/help-requests/{request['id']}/explanation")
    codes = {item["caseworkerId"]: item["code"] for item in explanation["caseworkers"]}
    _show_why(proposal, codes, out)
    _show_why_not(explanation["caseworkers"], proposal, out)
    caseworker = lead.get(f"/caseworkers/{proposal['caseworkerId']}")
    name = lead_of(caseworker["location"])
    _accept(Visitor(client, keys.get(name, keys[LEAD])), proposal, caseworker, out=out)
    told = lead.get(f"/help-requests/{request['id']}")
    out(f"  The request is {told['status']} now. The resident hears: “{told['residentMessage']}”")


def _take_in(intake: Visitor, out: Out) -> Json:
    out("\n1. The intake desk hands over a help request: POST /v1/help-requests\n")
    out(_readable(REQUEST))
    request = intake.post("/help-requests", REQUEST)
    out("\n   The answer, 201 (what is empty is left out here):\n")
    out(_readable(request))
    return request


def _wait_for_proposal(lead: Visitor, request_id: str, out: Out) -> Json:
    out("\n2. A round starts by itself, over everything that waits in the city …")
    started = time.monotonic()
    told = 0
    while (waited := int(time.monotonic() - started)) < ROUND_SECONDS:
        if waited >= told + TELL_EVERY_SECONDS:
            told = waited
            out(f"   … still looking for the best plan, {waited} s")
        request = lead.get(f"/help-requests/{request_id}")
        if request.get("proposal"):
            proposal: Json = request["proposal"]
            _show_round(lead, proposal, out)
            return proposal
        _stop_when_unplaced(lead, request_id)
        time.sleep(POLL_SECONDS)
    raise StepFailed(f"there is no proposal after {ROUND_SECONDS} seconds. Does the worker run? See its messages.")


def _stop_when_unplaced(lead: Visitor, request_id: str) -> None:
    for latest in lead.get("/rounds?limit=1")["items"]:
        if latest["state"] == "failed":
            raise StepFailed(f"the round failed: {latest['failure']}")
        for unplaced in latest["unplaced"]:
            if unplaced["helpRequestId"] == request_id:
                raise StepFailed(f"the round could not place this request. {unplaced['text']}")


def _show_round(lead: Visitor, proposal: Json, out: Out) -> None:
    if proposal["roundId"] is None:
        return
    found = lead.get(f"/rounds/{proposal['roundId']}")
    worst = f"{found['gap'] or 0:.2%}"
    how = (
        "proven: no better plan exists under this policy" if found["optimal"] else f"at most {worst} from the best"
    )
    out(
        f"   {found['placedCount']} of {found['requestCount']} waiting requests have a proposal, "
        f"after {found['milliseconds'] / 1000:.1f} s; {how}."
    )


def _show_why(proposal: Json, codes: Mapping[str, str], out: Out) -> None:
    who = codes.get(proposal["caseworkerId"], "?")
    out(f"\n3. Proposed: {who}, for {proposal['effortMinutes']} minutes a week. {proposal['reason']}")
    terms = proposal["cost"]["terms"]
    for term in (term for term in terms if term["points"]):
        out(f"   · {term['text']}")
    met = sorted(term["name"] for term in terms if not term["points"])
    if met:
        out(f"   · Costs nothing: {', '.join(met)}.")
    if proposal["alternatives"]:
        out("   Instead, at a price:")
    for other in proposal["alternatives"]:
        out(f"   · {other['text']}")


def _show_why_not(caseworkers: Sequence[Json], proposal: Json, out: Out) -> None:
    refused = [item for item in caseworkers if not item["eligible"]]
    able = len(caseworkers) - len(refused)
    out(f"\n4. Of {len(caseworkers)} caseworkers, {able} may take it. Why not the others, for example:")
    seen: set[str] = set()
    for item in sorted(refused, key=lambda item: len(item["barriers"])):
        codes = {barrier["code"] for barrier in item["barriers"]}
        if codes <= seen or item["caseworkerId"] == proposal["caseworkerId"]:
            continue
        seen |= codes
        out(f"   · {item['code']}: {item['text']}")
        if len(seen) >= MOST_SHOWN:
            return


def _accept(lead: Visitor, proposal: Json, caseworker: Json, *, out: Out) -> None:
    code, location = caseworker["code"], caseworker["location"]
    out(f"\n5. The team lead of {location} accepts: POST /v1/proposals/…/decisions, If-Match {proposal['etag']}")
    out(f"   {code} before: {_load(caseworker)}")
    decided = lead.post(
        f"/proposals/{proposal['id']}/decisions", {"decision": "accept"}, if_match=proposal["etag"]
    )
    assignment = lead.get(f"/assignments/{decided['assignmentId']}")
    afterwards = lead.get(f"/caseworkers/{caseworker['id']}")
    out("   The assignment:\n")
    out(_readable(assignment))
    out(f"\n   {code} after:  {_load(afterwards)}")


def _load(caseworker: Json) -> str:
    return (
        f"{caseworker['loadMinutes']} minutes a week of at most {caseworker['maximumMinutes']}, "
        f"{caseworker['freeMinutes']} free"
    )


def _readable(answer: Json) -> str:
    text = json.dumps(_without_empty(answer), indent=2, ensure_ascii=False)
    return "\n".join(f"   {line}" for line in text.splitlines())


def _without_empty(answer: Any) -> Any:
    """Return an answer without what is null or empty."""
    if isinstance(answer, dict):
        kept = {name: _without_empty(value) for name, value in answer.items()}
        return {name: value for name, value in kept.items() if value not in (None, [], {}, "")}
    return [_without_empty(item) for item in answer] if isinstance(answer, list) else answer


def _detail(answer: httpx2.Response) -> str:
    try:
        problem = answer.json()
    except ValueError:
        return answer.text[:200]
    faults = "; ".join(f"{fault.get('pointer')} {fault.get('detail')}" for fault in problem.get("errors", ()))
    return f"{problem.get('detail', answer.text[:200])} {faults}".strip()
