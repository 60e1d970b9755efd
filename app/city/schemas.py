"""What is answered about the city, and codes in bodies that must be known."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from app.city.models import District, Location, Topic
from app.city.service import known_codes
from app.kit.http import ApiModel, Language


def _known(kind: str, codes: frozenset[str], code: str) -> str:
    if code not in codes:
        raise ValueError(f"{code!r} is not a {kind}; known are {', '.join(sorted(codes))}")
    return code


def _topic(code: str) -> str:
    return _known("topic", known_codes().topics, code)


def _location(code: str) -> str:
    return _known("location", known_codes().locations, code)


def _district(code: str) -> str:
    return _known("district", known_codes().districts, code)


_SHAPE = StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
TopicCode = Annotated[str, _SHAPE, AfterValidator(_topic)]
LocationCode = Annotated[str, _SHAPE, AfterValidator(_location)]
DistrictCode = Annotated[str, _SHAPE, AfterValidator(_district)]


class LocationOut(ApiModel):
    """One of the team places."""

    code: str
    name: str
    latitude: float
    longitude: float

    @classmethod
    def of(cls, location: Location) -> "LocationOut":
        """Return a row as it is answered."""
        return cls.model_validate(location)


class DistrictOut(ApiModel):
    """An area that residents live in."""

    code: str
    name: str
    location: str

    @classmethod
    def of(cls, district: District) -> "DistrictOut":
        """Return a row as it is answered."""
        return cls(code=district.code, name=district.name, location=district.location_code)


class TopicOut(ApiModel):
    """What a help request can be about."""

    code: str
    label: str
    active: bool

    @classmethod
    def of(cls, topic: Topic, language: Language) -> "TopicOut":
        """Return a row as it is answered, with its label in the reader's language."""
        return cls(
            code=topic.code, label=topic.label_nl if language == "nl" else topic.label_en, active=topic.active
        )
