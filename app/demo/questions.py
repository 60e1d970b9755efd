"""Invented help requests: what they are about. No names, no numbers; every summary says that it is invented."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from app.demo.chance import Shares, happens, identifier, one_of, reference
from app.demo.city import LOCATIONS
from app.demo.rows import Row
from app.help_requests.rules import Channel, Concerns, LegalReport, Status, Threat, Urgency, Weight
from app.kit import clock

TOPICS = Shares(
    {
        "finances": 46,
        "housing": 17,
        "participation": 14,
        "parenting": 9,
        "unclear": 6,
        "education": 4,
        "domestic-violence": 4,
    }
)
"""Most requests are about money and debt; the rest of the shares is invented."""
WEIGHTS = Shares({Weight.LIGHT: 45, Weight.MEDIUM: 42, Weight.HEAVY: 13})
CHANNELS = Shares(
    {
        Channel.PHONE: 46,
        Channel.WALK_IN: 22,
        Channel.EMAIL: 12,
        Channel.FORM: 10,
        Channel.REFERRER: 10,
    }
)
LANGUAGES = Shares({"ar": 28, "tr": 18, "pl": 18, "en": 12, "pap": 6, "uk": 6, "so": 5, "ti": 4, "fa": 3})
TOO_LITTLE_DUTCH_PERCENT = 35
URGENT_PERCENT = 16
THREATS = {
    "finances": Shares(
        {
            Threat.ENERGY: 30,
            Threat.HEALTH_INSURANCE: 25,
            Threat.EVICTION: 25,
            Threat.WATER: 10,
            Threat.OTHER: 10,
        }
    ),
    "housing": Shares({Threat.EVICTION: 80, Threat.OTHER: 20}),
    "domestic-violence": Shares({Threat.SAFETY: 100}),
}
OTHER_THREATS = Shares({Threat.OTHER: 100})
DEBT_THREATS = frozenset({Threat.EVICTION, Threat.ENERGY, Threat.WATER, Threat.HEALTH_INSURANCE})
PLACES = tuple(code for code, *_ in LOCATIONS)
INVENTED = "Verzonnen voorbeeld"
SUMMARIES: dict[str, tuple[str, ...]] = {
    "finances": (
        "brieven over huurachterstand, ongeopend op een stapel.",
        "schulden bij meerdere bedrijven, weet niet meer hoeveel.",
        "inkomen is gedaald, de vaste lasten zijn te hoog.",
        "vraagt hulp bij toeslagen die zijn stopgezet.",
        "wil een betalingsregeling, durft niet te bellen.",
    ),
    "housing": (
        "woning is vochtig, de verhuurder reageert niet.",
        "moet verhuizen en vindt niets dat betaalbaar is.",
        "ruzie met de buren over geluid, slaapt slecht.",
    ),
    "participation": (
        "komt weinig buiten, wil graag mensen ontmoeten.",
        "zoekt vrijwilligerswerk dicht bij huis.",
        "heeft na een operatie hulp in huis nodig.",
    ),
    "parenting": (
        "vraagt steun bij de opvoeding van twee kinderen.",
        "ouders zijn uit elkaar en maken samen geen afspraken.",
    ),
    "education": (
        "wil een opleiding doen en weet niet waar te beginnen.",
        "leest en schrijft moeilijk, wil een cursus.",
    ),
    "domestic-violence": (
        "voelt zich niet veilig thuis; eerst naar veiligheid gevraagd.",
        "maakt zich zorgen over spanningen in huis.",
    ),
    "unclear": (
        "vertelt veel tegelijk; nog niet duidelijk wat het eerst nodig is.",
        "heeft een brief die zij niet begrijpt.",
    ),
}


def a_request(chance: Random, received_at: datetime, *, received_by: UUID, previous: Sequence[UUID]) -> Row:
    """Return an invented request that waits, as a row, received at a moment.

    Parameters
    ----------
    previous
        Caseworkers of whom one may have helped this resident before.
    """
    topic = one_of(chance, TOPICS)
    urgency, threat = _urgency(chance, topic)
    row = {
        "id": identifier(chance, received_at),
        "reference": reference(chance),
        "status": Status.WAITING,
        "topic": topic,
        "other_topics": _other_topics(chance, topic),
        "urgency": urgency,
        "threat": threat,
        "weight": one_of(chance, WEIGHTS),
        "adult": True,
        "district_code": chance.choice(PLACES) if happens(chance, 95) else None,
        "channel": one_of(chance, CHANNELS),
        "required_attributes": ["home-visit"] if happens(chance, 4) else [],
        "preferred_location_code": chance.choice(PLACES) if happens(chance, 5) else None,
        "previous_caseworker_id": chance.choice(previous) if previous and happens(chance, 5) else None,
        "legal_reports": _legal_reports(chance, topic, threat),
        "external_deadline": _deadline(chance, threat, received_at),
        "protected": False,
        "received_at": received_at,
        "received_by": received_by,
        "version": 1,
        "created_at": received_at,
        "updated_at": received_at,
    }
    return row | _whom(chance) | _languages(chance)


def summary_of(chance: Random, topic: str) -> str:
    """Return a short summary that says that it is invented."""
    return f"{INVENTED}: {chance.choice(SUMMARIES[topic])}"


def _urgency(chance: Random, topic: str) -> tuple[Urgency, Threat | None]:
    if not happens(chance, 60 if topic == "domestic-violence" else URGENT_PERCENT):
        return Urgency.NORMAL, None
    return Urgency.URGENT, one_of(chance, THREATS.get(topic, OTHER_THREATS))


def _other_topics(chance: Random, topic: str) -> list[str]:
    other = one_of(chance, TOPICS)
    return [other] if other not in (topic, "unclear") and happens(chance, 30) else []


def _legal_reports(chance: Random, topic: str, threat: Threat | None) -> list[str]:
    if topic == "finances" and happens(chance, 60):
        return [str(LegalReport.WGS_THREAT if threat in DEBT_THREATS else LegalReport.WGS)]
    if topic == "participation" and happens(chance, 30):
        return [str(LegalReport.WMO if happens(chance, 85) else LegalReport.WMO_APPLICATION)]
    return []


def _deadline(chance: Random, threat: Threat | None, received_at: datetime) -> object:
    if threat is not Threat.EVICTION:
        return None
    return clock.day_of(received_at) + timedelta(days=chance.randint(12, 45))


def _whom(chance: Random) -> Row:
    other = happens(chance, 6)
    return {
        "concerns": Concerns.OTHER_ADULT if other else Concerns.SELF,
        "consent": True if other else None,
        "person_reference": f"demo-person-{chance.randint(1, 9999)}" if happens(chance, 30) else None,
        "external_reference": f"demo-{chance.getrandbits(32):x}" if happens(chance, 50) else None,
    }


def _languages(chance: Random) -> Row:
    language = one_of(chance, LANGUAGES) if happens(chance, TOO_LITTLE_DUTCH_PERCENT) else None
    required = language is not None and happens(chance, 40)
    return {
        "required_languages": [language] if language and required else [],
        "preferred_languages": [language] if language and not required else [],
        "interpreter_allowed": not required or happens(chance, 90),
    }
