"""What an installation can set, read once from the environment and never changed afterwards."""

import base64
import binascii
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

PREFIX = "STADSBREED_"
ENCRYPTION_KEY_BYTES = 32


class UnsafeConfiguration(Exception):
    """The environment asks for something that must not run; the message says what and why."""


class Settings(BaseModel):
    """Every setting, its meaning and its default. The variable is the name in capitals after ``STADSBREED_``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: Annotated[
        SecretStr | None,
        Field(description="PostgreSQL 15 or later, as postgresql://…; unset: an embedded one in the data folder"),
    ] = None
    data_dir: Annotated[
        Path, Field(description="Folder of the embedded database and, for the demo, of its own secrets")
    ] = Path(".stadsbreed")
    encryption_key: Annotated[
        SecretStr | None,
        Field(description="32 bytes in base64 that encrypt summaries and contact details; the demo makes its own"),
    ] = None
    database_connections: Annotated[int, Field(ge=2, le=200, description="Connections a process may open")] = 20
    lock_timeout_ms: Annotated[
        int, Field(ge=100, le=60_000, description="How long a statement waits for somebody else's lock")
    ] = 5_000
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], Field(description="Lowest level that is logged")
    ] = "INFO"
    largest_body_bytes: Annotated[
        int, Field(ge=1_024, le=50_000_000, description="A larger request body is refused with 413")
    ] = 1_000_000
    time_zone: Annotated[str, Field(description="Time zone of the city, in which days begin and end")] = (
        "Europe/Amsterdam"
    )
    round_times: Annotated[
        str, Field(description="Cron line (city's time zone is UTC in cron) of the rounds on the timetable")
    ] = "0 6,10,14 * * 1-5"
    round_delay_seconds: Annotated[
        float, Field(ge=0, le=600, description="A burst of changes within this time leads to one round")
    ] = 2.0
    round_seconds: Annotated[
        float, Field(gt=0, le=3_600, description="Limit of the solver's time; it is killed a second later")
    ] = 60.0
    solver_memory_megabytes: Annotated[
        int, Field(ge=256, le=1_000_000, description="Memory a solver may fill; one that needs more is ended")
    ] = 2_048
    contact_name: Annotated[str, Field(description="Whom users of the API may ask, in the OpenAPI document")] = (
        "Stadsbreed maintainers"
    )
    contact_email: Annotated[str, Field(description="Their e-mail address")] = "stadsbreed@example.org"
    contact_url: Annotated[str, Field(description="Their web address")] = "https://example.org/stadsbreed"
    safety_advice_nl: Annotated[str, Field(description="What to do now in a crisis, in Dutch")] = (
        "Is er direct gevaar? Bel 112. Bij huiselijk geweld: bel Veilig Thuis, 0800-2000, dag en nacht."
    )
    safety_advice_en: Annotated[str, Field(description="What to do now in a crisis, in English")] = (
        "Immediate danger? Call 112. Domestic violence: call Veilig Thuis, 0800-2000, day and night."
    )
    youth_handoff_nl: Annotated[str, Field(description="Where children and minors are helped, in Dutch")] = (
        "Hulp voor wie jonger is dan 18 geeft de jeugdhulporganisatie van de gemeente."
    )
    youth_handoff_en: Annotated[str, Field(description="The same in English")] = (
        "People younger than 18 are helped by the municipality's youth organisation."
    )

    @field_validator("encryption_key")
    @classmethod
    def _has_32_bytes(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(_decoded(key)) != ENCRYPTION_KEY_BYTES:
            raise ValueError("must be 32 bytes in base64, for example from: openssl rand -base64 32")
        return key

    @field_validator("database_url")
    @classmethod
    def _is_postgresql(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(("postgresql://", "postgresql+psycopg://")):
            raise ValueError("must start with postgresql://: Stadsbreed runs on PostgreSQL only")
        return url

    @property
    def encryption_key_bytes(self) -> bytes:
        """The key that encrypts private parts.

        Raises
        ------
        UnsafeConfiguration
            When none is set.
        """
        if self.encryption_key is None:
            raise UnsafeConfiguration(
                f"{PREFIX}ENCRYPTION_KEY is not set. Summaries and contact details are stored encrypted only: "
                "set it to 32 bytes in base64 (openssl rand -base64 32) and keep it apart from the database."
            )
        return _decoded(self.encryption_key)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ, **overrides: object) -> Self:
        """Read the settings; what is unset keeps its default.

        Raises
        ------
        UnsafeConfiguration
            When a variable has a wrong value, or a name that no setting has: a misspelt setting would
            otherwise silently do nothing. All faults are named at once.
        """
        given = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(PREFIX) and name not in NOT_SETTINGS
        }
        try:
            return cls.model_validate(given | overrides)
        except ValidationError as error:
            raise UnsafeConfiguration(_faults(error)) from None


NOT_SETTINGS = frozenset({f"{PREFIX}SOAK", f"{PREFIX}TEST_SERVER_URL"})
"""Variables with our prefix that steer the tests, not the service."""


def _decoded(key: SecretStr) -> bytes:
    try:
        return base64.b64decode(key.get_secret_value(), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _faults(error: ValidationError) -> str:
    lines = []
    for fault in error.errors(include_input=False, include_url=False):
        name = PREFIX + str(fault["loc"][0]).upper()
        what = "is not a setting" if fault["type"] == "extra_forbidden" else fault["msg"]
        lines.append(f"{name}: {what}")
    return "\n".join([*lines, "`stadsbreed doctor` lists every setting."])
