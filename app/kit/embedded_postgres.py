"""A PostgreSQL of our own in the data folder: started when nobody runs it, shared when somebody does.

What stands in the data folder:

``postgresql/``
    The database itself, mode 0700, with data checksums. Its socket lies in there too; there is no
    network port. Who can enter that folder can connect without a password: checking the name of the
    user at the socket is impossible, because a service that runs as root connects to a server that
    doesn't.
``postgresql.new/``
    A database that is being made; it gets its name when it is complete, and is thrown away at the
    next start when it never became so.
``postgresql.lock``
    Locked from before the start until the last process of the server has ended. The server inherits
    the lock, so that it also tells the truth after a crash of the service.
``postgresql.log``
    What the server says. At a start it moves to ``postgresql.log.1`` when it has grown. Rows and
    statements aren't in it, as they can be about a person.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from app.kit import postgres_folder as place
from app.kit.postgres_process import (
    Account,
    Child,
    DataFolderError,
    account_for,
    command_for,
    environment,
    programs,
)

__all__ = ["DataFolderError", "attach", "running"]

DATABASE = "stadsbreed"
SUPERUSER = "postgres"
PORT = 5432
POLL_SECONDS = 0.02
WAIT_SECONDS = 120.0
CONNECT_SECONDS = 2

NEW_DATABASE = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    "--auth=trust",
    f"--username={SUPERUSER}",
    "--no-instructions",
    "--set=max_connections=100",
    "--set=max_wal_size=512MB",
    "--set=timezone=UTC",
    "--set=log_timezone=UTC",
)
ALWAYS = (
    "listen_addresses=",
    "unix_socket_directories=.",
    "unix_socket_permissions=0700",
    f"port={PORT}",
    "logging_collector=off",
    "log_destination=stderr",
    "log_min_messages=log",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_checkpoints=off",
)
FORGETFUL = ("fsync=off", "full_page_writes=off")


@contextmanager
def running(data_dir: Path, *, durable: bool = True, wait_seconds: float = WAIT_SECONDS) -> Iterator[str]:
    """Yield the address of the data folder's PostgreSQL, starting it when nobody runs it.

    Who started it stops it at the end, also for those that came to share it: their connections are
    cut off, nothing committed is lost. It also ends, within two seconds, when its starter is killed.

    Parameters
    ----------
    data_dir
        The data folder; made with mode 0700 when it doesn't exist. Folders above it are left alone.
    durable
        False makes commits that a power cut may lose: for tests only.
    wait_seconds
        How long a start, or somebody else's start, may take; recovery after a crash is part of it.

    Yields
    ------
    str
        Address for SQLAlchemy, with the folder of the socket as host.

    Raises
    ------
    DataFolderError
        The folder is in use, damaged, of another version, not writable, or its disk is full.
    """
    folder = Path(os.path.realpath(data_dir))
    with place.explained(folder):
        socket_folder = place.short_way(folder)
        deadline = time.monotonic() + wait_seconds
        server = _start_unless_running(folder, socket_folder, durable=durable, deadline=deadline)
    try:
        yield _address(socket_folder)
    finally:
        if server is not None and server.stop():
            place.forget_short_way(folder, socket_folder)


def attach(data_dir: Path) -> str | None:
    """Return the address of the data folder's server when it runs and answers, else None; starts nothing.

    Raises
    ------
    DataFolderError
        This user may not look into the folder, or its path is too long to reach the server by.
    """
    folder = Path(os.path.realpath(data_dir))
    with place.explained(folder):
        if not place.is_ready(folder):
            return None
        socket_folder = place.short_way(folder)
    return _address(socket_folder) if _answers(socket_folder) else None


def _address(socket_folder: Path) -> str:
    return f"postgresql+psycopg://{DATABASE}@/{DATABASE}?host={socket_folder}&port={PORT}"


def _connect(socket_folder: Path, user: str) -> psycopg.Connection:
    return psycopg.connect(
        host=str(socket_folder),
        port=PORT,
        user=user,
        dbname=user,
        connect_timeout=CONNECT_SECONDS,
        autocommit=True,
    )


def _answers(socket_folder: Path) -> bool:
    try:
        _connect(socket_folder, DATABASE).close()
    except psycopg.OperationalError:
        return False
    return True


def _start_unless_running(folder: Path, socket_folder: Path, *, durable: bool, deadline: float) -> Child | None:
    """Start the server, or return None when somebody else runs it.

    Of two that come at the same moment, the second waits until the first one's server answers, and
    starts it itself when the first gives up. Our copy of the lock is closed again: the server keeps
    its own, so that a forked child of this process can't hold the folder when the server is gone.
    """
    place.prepare(folder)
    lock = place.open_lock(folder)
    try:
        while not place.try_lock(lock):
            if place.is_ready(folder) and _answers(socket_folder):
                return None
            _check_time(folder, deadline)
            time.sleep(POLL_SECONDS)
        return _start(_plan(folder, lock, durable=durable, deadline=deadline))
    finally:
        os.close(lock)


def _check_time(folder: Path, deadline: float) -> None:
    if time.monotonic() > deadline:
        raise DataFolderError(
            f"The data folder {folder} is in use by a PostgreSQL that doesn't answer: it may still be "
            f"starting or stopping. Try again later, or stop the other Stadsbreed that uses this folder."
        )


@dataclass(frozen=True)
class _Plan:
    """What one start needs to know.

    Attributes
    ----------
    lock
        Descriptor of the locked file, which the server inherits.
    binaries
        Folder with PostgreSQL's programs.
    account
        The user that the server becomes; None to stay who we are.
    deadline
        Until when it may take, on the monotonic clock, in seconds.
    """

    folder: Path
    lock: int
    binaries: Path
    account: Account | None
    durable: bool
    deadline: float


def _plan(folder: Path, lock: int, *, durable: bool, deadline: float) -> _Plan:
    account = account_for(folder / place.CLUSTER, folder)
    return _Plan(folder, lock, programs(account), account=account, durable=durable, deadline=deadline)


def _start(plan: _Plan) -> Child:
    if place.is_new(plan.folder):
        _create(plan)
    place.check(plan.folder, plan.account)
    place.forget_dead_server(plan.folder)
    server, said_before = _launch(plan)
    try:
        _wait_until_ready(plan, server, said_before)
        _make_database(plan.folder)
    except BaseException:
        server.stop()
        raise
    return server


def _create(plan: _Plan) -> None:
    """Make a new database beside its place, so that a half-made one never stands there."""
    unfinished = place.make_room_for_new(plan.folder, plan.account)
    code, said = _run_initdb(plan, unfinished)
    if code != 0:
        reason = place.why_not_made(plan.folder, said)
        shutil.rmtree(unfinished)
        raise reason
    place.finish_new(plan.folder)


def _run_initdb(plan: _Plan, unfinished: Path) -> tuple[int, str]:
    options = NEW_DATABASE if plan.durable else (*NEW_DATABASE, "--no-sync")
    with _seen_by_server(unfinished, plan.account) as (path, descriptors):
        try:
            done = subprocess.run(  # noqa: S603 - our own program
                command_for([str(plan.binaries / "initdb"), f"--pgdata={path}", *options], plan.account),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=environment(),
                pass_fds=(plan.lock, *descriptors),
                start_new_session=True,
                timeout=max(1.0, plan.deadline - time.monotonic()),
                check=False,
            )
        except subprocess.TimeoutExpired:
            return 1, "error: making a new database took too long"
    return done.returncode, done.stdout.decode(errors="replace")


def _launch(plan: _Plan) -> tuple[Child, int]:
    """Start the server; returns it with the size in bytes that its log had before."""
    settings = ALWAYS if plan.durable else (*ALWAYS, *FORGETFUL)
    options = [part for setting in settings for part in ("-c", setting)]
    log = place.open_log(plan.folder)
    try:
        said_before = os.fstat(log).st_size
        with _seen_by_server(plan.folder / place.CLUSTER, plan.account) as (path, descriptors):
            command = command_for([str(plan.binaries / "postgres"), "-D", path, *options], plan.account)
            return Child(command, log=log, kept_open=(plan.lock, *descriptors)), said_before
    finally:
        os.close(log)


@contextmanager
def _seen_by_server(cluster: Path, account: Account | None) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Give the path by which the server's user finds its folder, and the descriptors that it must inherit.

    A server that isn't us may not be allowed to enter the folders above its own, such as the home of
    root. It needn't: it inherits its folder opened, and Linux shows that under ``/proc``. This asks
    for no privilege and changes no mode.
    """
    if account is None or not Path("/proc/self/fd").is_dir():
        yield str(cluster), ()
        return
    descriptor = os.open(cluster, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


def _wait_until_ready(plan: _Plan, server: Child, said_before: int) -> None:
    while not place.is_ready(plan.folder):
        if server.ended():
            with (plan.folder / place.LOG).open("rb") as log:
                log.seek(said_before)
                raise place.why_not_started(plan.folder, log.read().decode(errors="replace"))
        _check_time(plan.folder, plan.deadline)
        time.sleep(POLL_SECONDS)


def _make_database(folder: Path) -> None:
    """Make the user and the database of the service, where they aren't there yet.

    The service isn't the superuser: what it is tricked into saying can't read files or run programs.
    """
    name = sql.Identifier(DATABASE)
    with closing(_connect(place.short_way(folder), SUPERUSER)) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(name))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
