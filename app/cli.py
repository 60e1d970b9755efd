"""The command line: ``stadsbreed demo``, ``serve``, ``worker`` and what an administrator needs.

Exit codes: 0 done, 1 the work failed, 2 wrong use or an unsafe configuration.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import click
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from app.caseworkers import queries as caseworkers
from app.city import service as city
from app.identity import service as identity
from app.identity.rules import Role
from app.kit import clock, db, migrations, startup
from app.kit.embedded_postgres import DataFolderError
from app.kit.errors import DomainError, NotFound, WrongStatus
from app.policy import service as policies
from app.settings import PREFIX, Settings, UnsafeConfiguration

FAILED, WRONG_USE = 1, 2
HIDDEN, UNSET = "(hidden)", "(unset)"
POLL_SECONDS = 0.2


class Failure(click.ClickException):
    """The work failed; the message says why and what to do."""

    exit_code = FAILED


class Refused(click.ClickException):
    """The configuration, or what was asked, is refused before anything is done."""

    exit_code = WRONG_USE


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="stadsbreed", prog_name="stadsbreed")
def main() -> None:
    """Match help requests to caseworkers, across a whole city.

    Settings come from the environment (STADSBREED_…); `stadsbreed doctor` lists them. Commands work
    beside a running service on the same data folder.
    """


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the API; start a `stadsbreed worker` beside it for rounds."""
    from app import server

    with _ready() as (settings, _):
        server.run(settings, host=host, port=port)


@main.command()
@click.option("--until-stdin-closes", is_flag=True, hidden=True)
def worker(*, until_stdin_closes: bool) -> None:
    """Work through the queue: rounds, expiry, the timetable."""
    from app import worker as queue_worker

    with _ready() as (settings, url):
        if until_stdin_closes:
            queue_worker.stop_when_stdin_closes()
        queue_worker.run(settings, url)


@main.command()
@click.option("--check", is_flag=True, help="Change nothing; fail when tables and models differ.")
def migrate(*, check: bool) -> None:
    """Bring the database's tables up to date."""
    from app.tables import metadata

    with _settings() as settings, startup.database(settings, migrate=not check), db.transaction() as session:
        connection = session.connection()
        found = migrations.differences(connection, metadata)
        if not migrations.is_current(connection):
            found.insert(0, "migrations are missing: run `stadsbreed migrate`")
        if found:
            raise Failure("The database differs from the models:\n" + "\n".join(found))
    click.echo("The database is up to date.")


@main.group()
def seed() -> None:
    """Fill an empty database."""


@seed.command(name="demo")
@click.option("--caseworkers", "caseworker_count", default=60, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--requests", "request_count", default=250, show_default=True, type=click.IntRange(0, 100_000))
@click.option("--seed", "seed_number", default=1, show_default=True, help="The same number gives the same data.")
def seed_demo(caseworker_count: int, request_count: int, seed_number: int) -> None:
    """Add the invented city of the demo: six teams, caseworkers, a year of history, waiting requests."""
    from app.demo import seed as demo_data

    with _ready() as (settings, _):
        demo_data.seed(
            settings.data_dir,
            caseworkers=caseworker_count,
            requests=request_count,
            seed=seed_number,
            now=clock.now(),
            progress=_progress,
        )


@seed.command(name="city")
@click.argument("file", type=click.File("rb"))
def seed_city(file: BinaryIO) -> None:
    """Add or change locations, districts and topics, from a JSON FILE; docs/operations.md shows one."""
    from app.city.schemas import CityIn

    try:
        lists = CityIn.model_validate_json(file.read()).rows()
    except ValidationError as error:
        found = (f"{'/'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise Refused("The file is not a city:\n" + "\n".join(found)) from None
    with _settings() as settings, startup.database(settings), db.transaction() as session:
        city.load(session, lists)
        city.ensure_holidays(session, clock.day_of(clock.now()))
    click.echo(f"{len(lists.locations)} locations, {len(lists.districts)} districts, {len(lists.topics)} topics.")


@main.group()
def client() -> None:
    """Keys of software and of named persons."""


@client.command(name="create")
@click.argument("name")
@click.option(
    "--role", required=True, type=click.Choice([str(role) for role in Role]), help="What the key may do."
)
@click.option("--locations", help="Codes, separated by commas; left out: all locations.")
@click.option("--caseworker", "caseworker_code", help="Code of the caseworker this key belongs to.")
@click.option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="Last day on which the key is valid.")
def create_client(
    name: str, role: str, *, locations: str | None, caseworker_code: str | None, expires: datetime | None
) -> None:
    """Make a key for NAME and print it, this once, alone on standard output."""
    if not name.strip() or not name.isprintable() or len(name) > 200:
        raise Refused("NAME must be 1 to 200 printable characters.")
    with _settings() as settings, startup.database(settings), db.transaction() as session:
        clock.use_zone(settings.time_zone)
        codes = _known_locations(session, locations)
        if (role == Role.CASEWORKER) != (caseworker_code is not None):
            raise Refused("--caseworker belongs to the role caseworker, and only to that one.")
        caseworker = caseworkers.by_code(session, caseworker_code) if caseworker_code else None
        if caseworker_code and caseworker is None:
            raise Refused(f"There is no caseworker {caseworker_code!r}.")
        key = identity.create_client(
            session,
            name,
            Role(role),
            now=clock.now(),
            locations=codes,
            caseworker_id=caseworker.id if caseworker else None,
            expires_at=_end_of(expires.date()) if expires else None,
        )
    click.echo(key)


@client.command(name="revoke")
@click.argument("name")
def revoke_client(name: str) -> None:
    """Revoke the key of NAME, from this moment on."""
    with _settings() as settings, startup.database(settings), db.transaction() as session:
        identity.revoke_client(session, name, clock.now())
    click.echo(f"Revoked the key of {name}.", err=True)


@main.group(name="round")
def round_() -> None:
    """Run rounds, one optimisation each over everything that waits; check and replay those that are done."""


@round_.command(name="run")
@click.option("--wait", is_flag=True, help="Wait until it is done, and say how it went.")
@click.option("--seconds", default=120, show_default=True, type=click.IntRange(1, 3600), help="How long to wait.")
def run_round(*, wait: bool, seconds: int) -> None:
    """Ask for a round; a running `stadsbreed worker` does it."""
    from app import wiring
    from app.rounds import service as rounds
    from app.rounds.rules import Trigger

    wiring.connect()
    with _ready():
        with db.transaction() as session:
            requested = rounds.request_round(session, Trigger.DEMAND, actor=None, now=clock.now())
            round_id = requested.id
        click.echo(str(round_id))
        if wait:
            _wait_for_round(rounds, round_id, seconds)


@round_.command(name="check")
@click.argument("round_id", type=click.UUID, metavar="ID")
def check_round(round_id: UUID) -> None:
    """Judge a round that is done, from what is stored of it: its rules, its costs, and its proofs.

    Trusts neither the solver nor the round. Exits with 1 when something is wrong, and names all of it.
    """
    from app.rounds import service as rounds

    with _settings() as settings, startup.database(settings):
        checked = rounds.check(_stored(rounds, round_id))
    for tier in checked.tiers:
        click.echo(f"{tier.name}: cost {tier.cost}, bound {tier.bound}, known {tier.known}")
    if checked.faults:
        raise Failure("The round is not in order:\n" + "\n".join(checked.faults))
    click.echo("In order.")


@round_.command(name="replay")
@click.argument("round_id", type=click.UUID, metavar="ID")
def replay_round(round_id: UUID) -> None:
    """Solve a round that is done again, as it was stored, and compare the plans.

    Changes nothing. Exits with 1 when the plans differ, and says what may explain it.
    """
    from app.rounds import service as rounds

    with _settings() as settings, startup.database(settings):
        stored = _stored(rounds, round_id)
    replayed = rounds.replay(stored)
    for reason in replayed.because:
        click.echo(f"Note: {reason}.")
    if not replayed.same:
        why = (
            "" if replayed.because else "\nNothing explains it: the same software solved it from beginning to end."
        )
        raise Failure("The plans differ:\n" + "\n".join(replayed.differences) + why)
    click.echo("The same plan.")


@main.command()
def openapi() -> None:
    """Print the OpenAPI document of the API."""
    from app.main import create_api

    click.echo(json.dumps(create_api(Settings()).openapi(), indent=2, ensure_ascii=False))


@main.command()
def doctor() -> None:
    """List every setting with its value and source, and say whether the service could start."""
    with _settings(demo_key=False) as settings:
        for name, field in Settings.model_fields.items():
            variable = PREFIX + name.upper()
            value = getattr(settings, name)
            shown = UNSET if value is None else HIDDEN if "Secret" in str(field.annotation) else value
            source = "environment" if name in settings.model_fields_set else "default"
            click.echo(f"{variable}={shown}  [{source}]  {field.description}")
        _diagnose(settings)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--seed", "seed_number", default=1, show_default=True, help="The same number gives the same data.")
def demo(host: str, port: int, seed_number: int) -> None:
    """Set everything up, fill it with an invented city, show one request's way, and keep serving."""
    from app.demo import show

    with _settings() as settings:
        settings = startup.with_demo_key(settings, make=True)
        startup.prepare(settings)
        show.run(settings, host=host, port=port, seed=seed_number, progress=_progress)


@contextmanager
def _settings(*, demo_key: bool = True) -> Iterator[Settings]:
    """Yield the settings; whatever fails becomes one clear message and an exit code."""
    try:
        settings = Settings.from_environment()
        yield startup.with_demo_key(settings) if demo_key else settings
    except UnsafeConfiguration as error:
        raise Refused(str(error)) from None
    except (DomainError, DataFolderError) as error:
        raise Failure(str(error)) from None
    except OperationalError as error:
        raise Failure(f"The database does not answer: {str(error.orig).splitlines()[0]}") from None
    except OSError as error:
        raise Failure(f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")) from None


@contextmanager
def _ready() -> Iterator[tuple[Settings, str]]:
    with _settings() as settings:
        startup.prepare(settings)
        with startup.database(settings) as url:
            with db.transaction() as session:
                policies.ensure_default(session, clock.now())
                city.ensure_holidays(session, clock.day_of(clock.now()))
            yield settings, url


def _known_locations(session: Any, locations: str | None) -> list[str] | None:
    if locations is None:
        return None
    codes = [code.strip() for code in locations.split(",") if code.strip()]
    known = {location.code for location in city.locations(session)}
    unknown = sorted(set(codes) - known)
    if unknown or not codes:
        raise Refused(
            f"--locations: unknown {', '.join(unknown) or 'list'}; known are {', '.join(sorted(known))}."
        )
    return codes


def _end_of(day: date) -> datetime:
    return clock.start_of(date.fromordinal(day.toordinal() + 1)).astimezone(UTC)


def _stored(rounds: Any, round_id: UUID) -> Any:
    import solver

    try:
        with db.transaction() as session:
            return rounds.stored(session, round_id)
    except (NotFound, WrongStatus) as error:
        raise Refused(error.detail) from None
    except solver.MalformedError as error:
        raise Failure("What is stored is no round:\n" + "\n".join(error.faults)) from None


def _wait_for_round(rounds: Any, round_id: Any, seconds: int) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with db.transaction() as session:
            done = rounds.get_round(session, round_id)
            if done.state in ("done", "failed"):
                break
        time.sleep(POLL_SECONDS)
    else:
        raise Failure(f"The round is not done after {seconds} seconds. Does a `stadsbreed worker` run?")
    if done.state == "failed":
        raise Failure(f"The round failed: {done.failure}")
    click.echo(
        f"{done.placed_count} of {done.request_count} placed, "
        f"{'proven optimal' if done.optimal else 'not proven optimal'}, {done.milliseconds} ms.",
        err=True,
    )


def _progress(what: str, done: int, total: int) -> None:
    end = "\n" if done >= total else "\r"
    if sys.stderr.isatty() or done >= total:
        print(f"{what}: {done} of {total}", end=end, file=sys.stderr, flush=True)  # noqa: T201 (progress for people)


def _diagnose(settings: Settings) -> None:
    if settings.encryption_key is None and startup.with_demo_key(settings).encryption_key is None:
        raise Refused("STADSBREED_ENCRYPTION_KEY is not set: serve and worker refuse to start without it.")
    if settings.database_url is None and not Path(settings.data_dir, "postgresql").exists():
        click.echo("The data folder has no database yet: the first start makes it.")
        return
    with startup.database(settings, migrate=False), db.transaction() as session:
        current = migrations.is_current(session.connection())
    if not current:
        raise Failure("The database answers; migrations are missing: run `stadsbreed migrate`.")
    click.echo("The database answers and is up to date.")


if __name__ == "__main__":
    main()
