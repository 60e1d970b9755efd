"""What is answered about the city, and codes in bodies that must be known."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from app.city.models import District, Location, Topic
from app.city.service import Lists, known_codes
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


_CODE = Annotated[str, _SHAPE]
_NAME = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class LocationIn(ApiModel):
    """One of the team places."""

    code: _CODE
    name: _NAME
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class DistrictIn(ApiModel):
    """An area that residents live in, and the code of the location that serves it."""

    code: _CODE
    name: _NAME
    location: _CODE


class TopicIn(ApiModel):
    """What a help request can be about; the order in the file is the order in which people choose."""

    code: _CODE
    label_nl: _NAME
    label_en: _NAME
    active: bool = True


class CityIn(ApiModel):
    """The lists of a city, as an installation reads them from a file."""

    locations: Annotated[list[LocationIn], Field(min_length=1)]
    districts: list[DistrictIn]
    topics: Annotated[list[TopicIn], Field(min_length=1)]

    @field_validator("districts")
    @classmethod
    def _have_known_locations(cls, districts: list[DistrictIn], info: ValidationInfo) -> list[DistrictIn]:
        known = {location.code for location in info.data.get("locations", ())}
        unknown = sorted({district.location for district in districts} - known)
        if unknown and known:
            raise ValueError(f"name locations that the file does not have: {', '.join(unknown)}")
        return districts

    def rows(self) -> Lists:
        """Return the rows to store."""
        return Lists(
            [Location(**location.model_dump(by_alias=False)) for location in self.locations],
            [District(code=item.code, name=item.name, location_code=item.location) for item in self.districts],
            [
                Topic(position=position, **topic.model_dump(by_alias=False))
                for position, topic in enumerate(self.topics, start=1)
            ],
        )
