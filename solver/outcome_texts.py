"""The sentences about what waits, what would change that, and what another choice does: (Dutch, English).

As in `texts`, the placeholders are the facts of each code.
"""

from collections.abc import Mapping
from typing import Final

from solver.texts import Pair

WAITING: Final[Mapping[str, Pair]] = {
    "nobody-available": ("Niemand is beschikbaar voor deze vraag.", "Nobody is available for this request."),
    "chosen-one-cannot": (
        "De inwoner wacht op {only:name}, en die kan deze vraag nu niet aannemen.",
        "The resident is waiting for {only:name}, who cannot take this request now.",
    ),
    "no-level": (
        (
            "Niemand die beschikbaar is, weet genoeg van {topic:name}: nodig is {needed:level}, "
            "het hoogste is {highest:level}."
        ),
        (
            "Nobody who is available knows enough about {topic:name}: {needed:level} is needed, "
            "the highest is {highest:level}."
        ),
    ),
    "no-language": (
        "Niemand die genoeg weet, spreekt {languages:names}, en een tolk kan niet mee.",
        "Nobody who knows enough speaks {languages:names}, and an interpreter is not possible.",
    ),
    "no-attributes": (
        "Niemand die genoeg weet, heeft ook wat nodig is: {attributes:names}.",
        "Nobody who knows enough also has what is needed: {attributes:names}.",
    ),
    "load-unconfirmed": (
        "Wie dit kan, heeft te lang niet bevestigd dat de belasting klopt.",
        "Those who can do this have not confirmed for too long that their load is right.",
    ),
    "nobody-present": (
        "Wie dit kan, is er niet binnen {within_days:count:dag|dagen}.",
        "Those who can do this are not there within {within_days:count:day|days}.",
    ),
    "pace-reached": (
        "Wie dit kan, kreeg deze week al genoeg nieuwe hulpvragen.",
        "Those who can do this already got enough new requests this week.",
    ),
    "no-room": (
        "Nodig is {needed:minutes} per week; de grootste vrije ruimte is {largest:minutes}.",
        "Needs {needed:minutes} a week; the largest free room is {largest:minutes}.",
    ),
    "no-room-below-target": (
        "Nodig is {needed:minutes} per week; voor gewoon werk is de grootste vrije ruimte {largest:minutes}.",
        "Needs {needed:minutes} a week; for ordinary work the largest free room is {largest:minutes}.",
    ),
    "household-together": (
        "De {requests:count:vraag|vragen} van dit gezin passen niet samen bij één medewerker.",
        "The {requests:count:request|requests} of this household do not fit together with one caseworker.",
    ),
    "displaced": (
        (
            "Vragen die zwaarder wegen gaan voor: nodig is {needed:minutes} per week, "
            "de grootste rest is {largest:minutes}."
        ),
        (
            "Requests that weigh more go first: {needed:minutes} a week is needed, "
            "the largest rest is {largest:minutes}."
        ),
    ),
    "pinned-first": (
        (
            "Voorstellen die blijven staan gaan voor: nodig is {needed:minutes} per week, "
            "de grootste rest is {largest:minutes}."
        ),
        (
            "Proposals that stay put go first: {needed:minutes} a week is needed, "
            "the largest rest is {largest:minutes}."
        ),
    ),
    "pace-taken": (
        "Wie hier ruimte voor heeft, krijgt met dit plan al genoeg nieuwe hulpvragen.",
        "Those who have room for this already get enough new requests by this plan.",
    ),
    "search-ended": (
        "Hier is plaats voor, maar de rekentijd was op voordat die gevonden werd.",
        "There is a place for this, but the time to search was up before it was found.",
    ),
    "does-not-fit-beside": (
        (
            "Past niet naast de andere vragen: nodig is {needed:minutes} per week, "
            "de grootste rest is {largest:minutes}."
        ),
        (
            "Does not fit beside the other requests: {needed:minutes} a week is needed, the largest rest is "
            "{largest:minutes}."
        ),
    ),
}

UNLOCKS: Final[Mapping[str, Pair]] = {
    "confirm-load": (
        "Het kan wel als {caseworker:name} de belasting bevestigt.",
        "It is possible once {caseworker:name} confirms the load.",
    ),
    "use-room-above-target": (
        "Het kan wel als {caseworker:name} {more:minutes} boven het doel werkt.",
        "It is possible if {caseworker:name} works {more:minutes} above the target.",
    ),
    "one-more-this-week": (
        "Het kan wel als {caseworker:name} deze week {more:count:nieuwe vraag|nieuwe vragen} meer aanneemt.",
        "It is possible if {caseworker:name} takes {more:count:new request|new requests} more this week.",
    ),
    "start-later": (
        "Het kan wel bij {caseworker:name} als de hulp {more:count:dag|dagen} later begint.",
        "It is possible with {caseworker:name} if help starts {more:count:day|days} later.",
    ),
    "allow-interpreter": (
        "Het kan wel bij {caseworker:name} met een tolk.",
        "It is possible with {caseworker:name} and an interpreter.",
    ),
    "more-minutes": (
        "Het kan wel als {caseworker:name} {more:minutes} per week meer ruimte heeft.",
        "It is possible if {caseworker:name} has {more:minutes} a week more room.",
    ),
    "no-longer-wait-for-one": (
        "Het kan wel bij {caseworker:name}, als de inwoner dat ook goed vindt.",
        "It is possible with {caseworker:name}, if the resident agrees.",
    ),
    "without-attributes": (
        "Het kan wel bij {caseworker:name}, als dat zonder de gevraagde kenmerken mag.",
        "It is possible with {caseworker:name}, if the required tags may be left out.",
    ),
    "lower-level": (
        "Het kan wel bij {caseworker:name} als het niveau {more:count:stap|stappen} lager mag.",
        "It is possible with {caseworker:name} if the level may be {more:count:step|steps} lower.",
    ),
}

# What follows when one request is given to one caseworker; the sentences come one after the other.
FORCED: Final[Mapping[str, Pair]] = {
    "barred": ("{caseworker:name} kan deze vraag niet aannemen.", "{caseworker:name} cannot take this request."),
    "above-room": (
        "Dit gaat boven de afgesproken ruimte van {caseworker:name}.",
        "This goes above the agreed room of {caseworker:name}.",
    ),
    "waits": (
        "Dan moet wachten: {count:count:andere hulpvraag|andere hulpvragen}.",
        "Then must wait: {count:count:other request|other requests}.",
    ),
    "moves": (
        "Dan gaat naar iemand anders: {count:count:andere hulpvraag|andere hulpvragen}.",
        "Then goes to somebody else: {count:count:other request|other requests}.",
    ),
    "starts": (
        "Dan kan beginnen: {count:count:andere hulpvraag|andere hulpvragen}.",
        "Then can start: {count:count:other request|other requests}.",
    ),
    "nothing-else": ("Voor andere hulpvragen verandert er niets.", "Nothing changes for other requests."),
    "unproven": (
        "De rekentijd was te kort voor een bewijs: misschien kost het minder.",
        "The time to compute was too short for a proof: it may cost less.",
    ),
}

MOVES: Final[Mapping[str, Pair]] = {
    "moves": (
        "{request:name} gaat van {was:name} naar {becomes:name}.",
        "{request:name} goes from {was:name} to {becomes:name}.",
    ),
    "waits": (
        "{request:name} was voor {was:name} en moet wachten.",
        "{request:name} was for {was:name} and must wait.",
    ),
    "starts": ("{request:name} kan beginnen bij {becomes:name}.", "{request:name} can start with {becomes:name}."),
}

# What people said that can't all be kept: the statements, enumerated in one sentence.
STATEMENTS: Final[Mapping[str, Pair]] = {
    "pinned": (
        "{request:name} is voorgesteld bij {caseworker:name}",
        "{request:name} is proposed to {caseworker:name}",
    ),
    "only": ("{request:name} wacht op {caseworker:name}", "{request:name} waits for {caseworker:name}"),
    "not-available": (
        "{caseworker:name} is niet beschikbaar voor {request:name}",
        "{caseworker:name} is not available for {request:name}",
    ),
    "household": ("{requests:names} horen bij één gezin", "{requests:names} are of one household"),
}

CONFLICTS: Final[Mapping[str, Pair]] = {
    "together": ("Dit gaat niet samen: {statements}.", "This does not go together: {statements}."),
    "alone": ("Dit kan niet meer: {statements}.", "This is no longer possible: {statements}."),
    "nobody-else": (
        "Niemand anders kan alle vragen van dit gezin aannemen.",
        "Nobody else can take all requests of this household.",
    ),
}

# What one more hour a week would change: whose hour, then what it does.
HOURS: Final[Mapping[str, Pair]] = {
    "caseworker": ("Een uur meer per week bij {caseworker:name}", "One more hour a week for {caseworker:name}"),
    "topic-location": (
        "Een uur meer per week voor {topic:name} in {location:name}",
        "One more hour a week for {topic:name} in {location:name}",
    ),
    "topic": (
        "Een uur meer per week voor {topic:name}, op welke locatie ook,",
        "One more hour a week for {topic:name}, at whichever location,",
    ),
    "location": ("Een uur meer per week in {location:name}", "One more hour a week in {location:name}"),
    "anybody": ("Een uur meer per week, bij wie ook,", "One more hour a week, for whomever,"),
}

HOUR_CHANGES: Final[Mapping[str, Pair]] = {
    "starts": (
        "laat {count:count:inwoner|inwoners} eerder beginnen",
        "would start {count:count:person|people} earlier",
    ),
    "saves": ("scheelt {points} punten", "would save {points} points"),
    "makes-room": (
        "maakt ruimte voor wie wacht, als medewerkers werk aan elkaar doorgeven",
        "would make room for those who wait, if caseworkers pass work on to each other",
    ),
    "saves-at-most": (
        "scheelt hoogstens {points} punten, als medewerkers werk aan elkaar doorgeven",
        "would save at most {points} points, if caseworkers pass work on to each other",
    ),
    "nothing": ("verandert nu niets", "would change nothing now"),
}
