"""The sentences of the solver, by code: (Dutch, English). The placeholders are the facts of each code."""

from collections.abc import Mapping
from typing import Final, TypeAlias

Pair: TypeAlias = tuple[str, str]

BARRIERS: Final[Mapping[str, Pair]] = {
    "not-available": ("Niet beschikbaar.", "Not available."),
    "waits-for-another": (
        "De inwoner wacht op een andere medewerker: {only:name}.",
        "The resident is waiting for somebody else: {only:name}.",
    ),
    "level": (
        "Weet te weinig van {topic:name}: nodig is {needed:level}, dit is {has:level}.",
        "Knows too little about {topic:name}: {needed:level} is needed, this is {has:level}.",
    ),
    "language": (
        "Spreekt geen {languages:names}, en een tolk kan niet mee.",
        "Does not speak {languages:names}, and an interpreter is not possible.",
    ),
    "attributes": ("Mist wat nodig is: {missing:names}.", "Lacks what is needed: {missing:names}."),
    "absent": (
        "Is er niet op tijd: de hulp moet beginnen binnen {within_days:count:dag|dagen}.",
        "Is not there in time: help must start within {within_days:count:day|days}.",
    ),
    "pace": (
        "Kreeg deze week al {new_in_week:count:nieuwe hulpvraag|nieuwe hulpvragen}; {most} is het meeste.",
        "Already got {new_in_week:count:new request|new requests} this week; {most} is the most.",
    ),
    "load-unconfirmed": (
        "Heeft te lang niet bevestigd dat de belasting klopt.",
        "Has not confirmed for too long that the load is right.",
    ),
    "maximum": (
        "Heeft te weinig ruimte: nodig is {needed:minutes} per week, vrij is {free:minutes}.",
        "Has too little room: {needed:minutes} a week is needed, {free:minutes} is free.",
    ),
    "target": (
        (
            "Heeft te weinig ruimte voor gewoon werk: nodig is {needed:minutes} per week, vrij is {free:minutes}. "
            "De rest is voor wat niet kan wachten."
        ),
        (
            "Has too little room for ordinary work: {needed:minutes} a week is needed, {free:minutes} is free. "
            "The rest is for what cannot wait."
        ),
    ),
}

# Per term: when the wish is met, when it is not, and when there is no such wish.
TERMS: Final[Mapping[str, tuple[Pair, Pair, Pair]]] = {
    "expertise-short": (
        ("Weet genoeg van {topic:name}.", "Knows enough about {topic:name}."),
        (
            "Weet minder van {topic:name} dan eerst gevraagd was: {points} punten.",
            "Knows less about {topic:name} than was asked at first: {points} points.",
        ),
        ("Weet genoeg.", "Knows enough."),
    ),
    "expertise-wasted": (
        ("Weet niet meer van {topic:name} dan nodig is.", "Knows no more about {topic:name} than is needed."),
        (
            "Weet meer van {topic:name} dan nodig is; dat kan elders nodig zijn: {points} punten.",
            "Knows more about {topic:name} than is needed; others may need that: {points} points.",
        ),
        ("Weet niet meer dan nodig is.", "Knows no more than is needed."),
    ),
    "specialist": (
        ("Houdt geen specialist bezet.", "Keeps no specialist busy."),
        (
            "Is specialist in {topic:name}, en dat is hier niet nodig: {points} punten.",
            "Is a specialist in {topic:name}, which is not needed here: {points} points.",
        ),
        ("Houdt geen specialist bezet.", "Keeps no specialist busy."),
    ),
    "other-topics": (
        ("Weet iets van alle onderwerpen van de vraag.", "Knows something of every topic of the request."),
        ("Weet niets van {missing:names}: {points} punten.", "Knows nothing of {missing:names}: {points} points."),
        ("Weet iets van alle onderwerpen van de vraag.", "Knows something of every topic of the request."),
    ),
    "continuity": (
        ("Hielp deze inwoner eerder.", "Helped this resident before."),
        (
            "{wanted:name} hielp eerder, deze medewerker niet: {points} punten.",
            "{wanted:name} helped before, this caseworker did not: {points} points.",
        ),
        ("Er is geen medewerker van eerder.", "There is no earlier caseworker."),
    ),
    "coordinator": (
        ("Is de regisseur van het gezin.", "Is the household's coordinator."),
        ("{wanted:name} is de regisseur: {points} punten.", "{wanted:name} is the coordinator: {points} points."),
        ("Er is geen regisseur.", "There is no coordinator."),
    ),
    "preferred-location": (
        ("Werkt op de gewenste locatie.", "Works at the preferred location."),
        (
            "Werkt niet op de gewenste locatie {wanted:name}: {points} punten.",
            "Does not work at the preferred location {wanted:name}: {points} points.",
        ),
        ("Er is geen gewenste locatie.", "There is no preferred location."),
    ),
    "preferred-language": (
        ("Spreekt een gewenste taal: {languages:names}.", "Speaks a preferred language: {languages:names}."),
        (
            "Spreekt geen gewenste taal ({languages:names}): {points} punten.",
            "Speaks no preferred language ({languages:names}): {points} points.",
        ),
        ("Er is geen gewenste taal.", "There is no preferred language."),
    ),
    "interpreter": (
        ("Er is geen tolk nodig.", "No interpreter is needed."),
        (
            "Er gaat een tolk mee, dat kost {minutes:minutes} per week extra: {points} punten.",
            "An interpreter comes along, which takes {minutes:minutes} a week more: {points} points.",
        ),
        ("Er is geen tolk nodig.", "No interpreter is needed."),
    ),
    "travel": (
        ("Reizen telt hier niet.", "Travel does not count here."),
        (
            "Van {district:name} naar {location:name} is het {minutes:minutes} reizen: {points} punten.",
            "From {district:name} to {location:name} takes {minutes:minutes} of travel: {points} points.",
        ),
        ("Reizen telt hier niet.", "Travel does not count here."),
    ),
    "stability": (
        ("Het voorstel blijft hetzelfde.", "The proposal stays the same."),
        (
            "Het voorstel was {wanted:name} en verandert: {points} punten.",
            "The proposal was {wanted:name} and changes: {points} points.",
        ),
        ("Er is nog geen voorstel.", "There is no proposal yet."),
    ),
    "balance": (
        (
            "De belasting wordt {load:minutes} per week en blijft binnen het doel van {target:minutes}.",
            "The load becomes {load:minutes} a week, within the target of {target:minutes}.",
        ),
        (
            "De belasting wordt {load:minutes} per week, het doel is {target:minutes}: {points} punten.",
            "The load becomes {load:minutes} a week, the target is {target:minutes}: {points} points.",
        ),
        ("De belasting verandert niet.", "The load does not change."),
    ),
}

# In the sentence about a placement: what speaks for it.
MET: Final[Mapping[str, Pair]] = {
    "continuity": ("hielp deze inwoner eerder", "helped this resident before"),
    "coordinator": ("is de regisseur van het gezin", "is the household's coordinator"),
    "preferred-location": ("werkt op de gewenste locatie", "works at the preferred location"),
    "stability": ("stond al in het voorstel", "was already proposed"),
}

# In the sentence about a placement: what it costs.
DETAILS: Final[Mapping[str, Pair]] = {
    "expertise-short": ("minder ervaring dan eerst gevraagd", "less expertise than asked at first"),
    "expertise-wasted": ("meer ervaring dan nodig", "more expertise than needed"),
    "specialist": ("een specialist waar dat niet nodig is", "a specialist where none is needed"),
    "other-topics": ("geen ervaring met {missing:names}", "no experience with {missing:names}"),
    "continuity": ("niet de medewerker van eerder", "not the earlier caseworker"),
    "coordinator": ("niet de regisseur van het gezin", "not the household's coordinator"),
    "preferred-location": ("niet op de gewenste locatie", "not at the preferred location"),
    "preferred-language": ("geen gewenste taal", "no preferred language"),
    "interpreter": ("er gaat een tolk mee", "an interpreter comes along"),
    "travel": ("{minutes:minutes} reizen", "{minutes:minutes} of travel"),
    "stability": ("het voorstel verandert", "the proposal changes"),
    "balance": ("meer uren dan het doel", "more hours than the target"),
}

# What an option's minutes are worth to others, at the last plan's prices.
SCARCITY: Final[Mapping[str, Pair]] = {
    "scarce": ("Deze ruimte is schaars: anderen wachten erop.", "This room is scarce: others wait for it."),
    "wanted": (
        "Deze ruimte past ook goed bij anderen: {points} punten.",
        "This room suits others well, too: {points} points.",
    ),
    "plenty": ("Deze ruimte is niet schaars.", "This room is not scarce."),
}

RECOMMENDED: Final[Mapping[str, Pair]] = {
    "now": ("Deze vraag kan nu naar een medewerker.", "This request can go to a caseworker now."),
    "better-waits": (
        (
            "Voor de hele stad is het beter dat deze vraag wacht op de volgende verdeelronde: "
            "vragen die zwaarder wegen hebben de ruimte nodig."
        ),
        (
            "For the whole city it is better that this request waits for the next round: "
            "requests that weigh more need the room."
        ),
    ),
    "nobody": ("Niemand kan deze vraag nu aannemen.", "Nobody can take this request now."),
}

PLACED: Final[Mapping[str, Pair]] = {
    "fits": ("{caseworker:name} heeft de kennis en de ruimte", "{caseworker:name} has the expertise and the room"),
    "pinned": (
        "{caseworker:name} blijft voorgesteld, want dat kan nog",
        "{caseworker:name} stays proposed, because that is still possible",
    ),
    "against": ("; wat minder past: {wishes}", "; what fits less: {wishes}"),
    "scarce": ("; deze ruimte is schaars: anderen wachten erop", "; this room is scarce: others wait for it"),
    "more": ("{caseworker:name} kost {points} punten meer", "{caseworker:name} costs {points} points more"),
    "less": ("{caseworker:name} kost {points} punten minder", "{caseworker:name} costs {points} points less"),
    "same": ("{caseworker:name} kost evenveel punten", "{caseworker:name} costs as many points"),
    "displaces": (
        ", maar dan moet plaats maken: {count:count:andere hulpvraag|andere hulpvragen}",
        ", but then must make room: {count:count:other request|other requests}",
    ),
}
