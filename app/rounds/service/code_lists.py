"""Every code list of the API with its labels in Dutch and English; topics live in the database."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from app.assignments.rules import EndReason, Kind, Phase, Purpose
from app.city import service as city
from app.help_requests.rules import (
    Channel,
    ClockName,
    Concerns,
    ContactKind,
    LegalReport,
    Outcome,
    Status,
    Threat,
    Urgency,
    Weight,
)
from app.rounds.rules import DecisionKind, OverrideReason, ProposalState, RejectReason, RoundState


class Label(NamedTuple):
    """What a code is called in Dutch and in English."""

    nl: str
    en: str


LABELS: Final[Mapping[str, Mapping[str, Label]]] = {
    "statuses": {
        Status.WAITING: Label("wacht", "waiting"),
        Status.ASSIGNED: Label("toegewezen", "assigned"),
        Status.CLOSED: Label("afgesloten", "closed"),
        Status.REFERRED: Label("doorverwezen", "referred"),
        Status.WITHDRAWN: Label("ingetrokken", "withdrawn"),
        Status.ERASED: Label("gewist", "erased"),
    },
    "urgencies": {
        Urgency.CRISIS: Label("Crisis: vandaag", "Crisis: today"),
        Urgency.URGENT: Label("Spoed: binnen 3 werkdagen", "Urgent: within 3 working days"),
        Urgency.NORMAL: Label("Gewoon", "Normal"),
    },
    "threats": {
        Threat.EVICTION: Label("huisuitzetting", "eviction"),
        Threat.ENERGY: Label("afsluiten van gas of stroom", "energy cut off"),
        Threat.WATER: Label("afsluiten van water", "water cut off"),
        Threat.HEALTH_INSURANCE: Label("einde van de zorgverzekering", "end of health insurance"),
        Threat.SAFETY: Label("veiligheid", "safety"),
        Threat.OTHER: Label("iets anders", "other"),
    },
    "weights": {
        Weight.LIGHT: Label("licht", "light"),
        Weight.MEDIUM: Label("midden", "medium"),
        Weight.HEAVY: Label("zwaar", "heavy"),
    },
    "concerns": {
        Concerns.SELF: Label("voor zichzelf", "for themselves"),
        Concerns.OTHER_ADULT: Label("voor een andere volwassene", "for another adult"),
        Concerns.CHILD: Label("voor een kind", "for a child"),
    },
    "channels": {
        Channel.PHONE: Label("telefoon", "telephone"),
        Channel.EMAIL: Label("e-mail", "e-mail"),
        Channel.WALK_IN: Label("inloopspreekuur", "walk-in"),
        Channel.FORM: Label("formulier", "form"),
        Channel.REFERRER: Label("verwijzer", "referrer"),
        Channel.OTHER: Label("anders", "other"),
    },
    "outcomes": {
        Outcome.COMPLETED: Label("afgerond", "completed"),
        Outcome.INFORMATION: Label("informatie gegeven", "information given"),
        Outcome.WALK_IN: Label("geholpen op het inloopspreekuur", "helped at the walk-in"),
        Outcome.ACTIVITY: Label("naar een activiteit", "to an activity"),
        Outcome.NO_CONTACT: Label("geen contact gekregen", "no contact"),
        Outcome.MOVED: Label("verhuisd", "moved"),
        Outcome.DECEASED: Label("overleden", "deceased"),
        Outcome.DUPLICATE: Label("dubbel", "duplicate"),
    },
    "contact-kinds": {
        ContactKind.CALL: Label("telefoontje", "call"),
        ContactKind.CONVERSATION: Label("gesprek", "conversation"),
        ContactKind.VISIT: Label("huisbezoek", "visit"),
    },
    "legal-reports": {
        LegalReport.WMO: Label("Wmo-melding", "Wmo report"),
        LegalReport.WMO_APPLICATION: Label("Wmo-aanvraag", "Wmo application"),
        LegalReport.WGS: Label("schuldhulp (Wgs)", "debt help (Wgs)"),
        LegalReport.WGS_THREAT: Label("schuldhulp bij dreiging (Wgs)", "debt help under threat (Wgs)"),
    },
    "clocks": {
        ClockName.CALL_BACK: Label("terugbellen", "call back"),
        ClockName.START: Label("start van de hulp", "start of help"),
        ClockName.WMO: Label("Wmo-onderzoek", "Wmo investigation"),
        ClockName.WMO_APPLICATION: Label("besluit op de Wmo-aanvraag", "decision on the Wmo application"),
        ClockName.WGS: Label("eerste gesprek schuldhulp", "first conversation on debts"),
        ClockName.WGS_DECISION: Label("besluit schuldhulp", "decision on debt help"),
        ClockName.WGS_THREAT: Label("eerste gesprek bij dreiging", "first conversation under threat"),
        ClockName.EXTERNAL_DEADLINE: Label("datum van buiten", "external deadline"),
    },
    "assignment-kinds": {
        Kind.LEAD: Label("regie", "lead"),
        Kind.CONSULT: Label("advies", "consult"),
    },
    "purposes": {
        Purpose.CASE: Label("traject", "case"),
        Purpose.OUTREACH: Label("outreach", "outreach"),
    },
    "phases": {
        Phase.START: Label("start", "start"),
        Phase.ACTIVE: Label("actief", "active"),
        Phase.AFTERCARE: Label("waakvlam", "aftercare"),
    },
    "end-reasons": {
        EndReason.COMPLETED: Label("afgerond", "completed"),
        EndReason.TRANSFERRED: Label("overgedragen", "transferred"),
        EndReason.RETURNED: Label("teruggegeven", "returned"),
        EndReason.REVERSED: Label("besluit ongedaan gemaakt", "decision reversed"),
        EndReason.CLOSED: Label("hulpvraag afgesloten", "help request closed"),
    },
    "round-states": {
        RoundState.QUEUED: Label("in de wachtrij", "queued"),
        RoundState.RUNNING: Label("bezig", "running"),
        RoundState.DONE: Label("klaar", "done"),
        RoundState.FAILED: Label("mislukt", "failed"),
    },
    "proposal-states": {
        ProposalState.OPEN: Label("open", "open"),
        ProposalState.ACCEPTED: Label("aangenomen", "accepted"),
        ProposalState.REJECTED: Label("afgewezen", "rejected"),
        ProposalState.OVERRIDDEN: Label("anders besloten", "overridden"),
        ProposalState.REPLACED: Label("vervangen", "replaced"),
        ProposalState.EXPIRED: Label("verlopen", "expired"),
    },
    "decisions": {
        DecisionKind.ACCEPT: Label("aannemen", "accept"),
        DecisionKind.REJECT: Label("afwijzen", "reject"),
        DecisionKind.OVERRIDE: Label("anders besluiten", "override"),
    },
    "reject-reasons": {
        RejectReason.NOT_THIS_CASEWORKER: Label("niet deze medewerker", "not this caseworker"),
        RejectReason.NOT_YET: Label("nog niet", "not yet"),
        RejectReason.WRONG_TOPIC: Label("ander onderwerp", "another topic"),
        RejectReason.WRONG_WEIGHT: Label("ander gewicht", "another weight"),
        RejectReason.WRONG_LEVEL: Label("ander niveau", "another level"),
        RejectReason.NOT_FOR_THE_TEAM: Label("niet voor het team", "not for the team"),
    },
    "override-reasons": {
        OverrideReason.KNOWS_THE_HOUSEHOLD: Label("kent het huishouden", "knows the household"),
        OverrideReason.RESIDENT_ASKED: Label("de bewoner vroeg erom", "the resident asked for it"),
        OverrideReason.LEARNING: Label("om van te leren", "to learn from"),
        OverrideReason.TEAM_AGREEMENT: Label("afgesproken in het team", "agreed in the team"),
        OverrideReason.OTHER: Label("anders", "other"),
    },
}
"""Name of a list → code → label. A test holds it against the lists themselves."""


def code_lists(session: Session) -> Mapping[str, Sequence[tuple[str, Label]]]:
    """Return every code list: the fixed ones, and the topics that this city takes."""
    topics = [(row.code, Label(row.label_nl, row.label_en)) for row in city.topics(session) if row.active]
    return {"topics": topics} | {name: list(labels.items()) for name, labels in LABELS.items()}
