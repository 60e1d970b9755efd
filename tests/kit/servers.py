"""What tests of the embedded PostgreSQL share: servers of their own, and questions to them."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from app.kit.postgres_process import NOBODY, Account, reaches

ROOT = os.geteuid() == 0
PROJECT = Path(__file__).parents[2]
SERVICE = """
import pathlib, sys
from app.kit.embedded_postgres import DataFolderError, running
try:
    with running(pathlib.Path(sys.argv[1]), durable=False) as address:
        print(address, flush=True)
        sys.stdin.read()
except DataFolderError as error:
    print("refused:", error, flush=True)
"""
only_as_root = pytest.mark.skipif(not ROOT, reason="only root can start a server as somebody else")


def connect(address: str) -> psycopg.Connection:
    return psycopg.connect(address.replace("+psycopg", ""), autocommit=True)


def ask(address: str, question: str) -> object:
    with closing(connect(address)) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def tell(address: str, statement: str) -> None:
    with closing(connect(address)) as connection:
        connection.execute(statement.encode())


def server_of(folder: Path) -> psutil.Process:
    trace = folder / "postgresql" / "postmaster.pid"
    return psutil.Process(int(trace.read_text().splitlines()[0]))


def alive_after_two_seconds(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Those that still live; one that ended and waits for its parent to notice doesn't."""
    deadline = time.monotonic() + 2
    alive = list(processes)
    while alive and time.monotonic() < deadline:
        _gone, rest = psutil.wait_procs(alive, timeout=0.05)
        alive = [process for process in rest if lives(process)]
    return alive


def lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextmanager
def service(
    *arguments: str, program: str = SERVICE, before: Sequence[str] = ()
) -> Iterator[subprocess.Popen[str]]:
    """A service of its own that works until it is told to stop."""
    process = subprocess.Popen(
        [*before, sys.executable, "-W", "error", "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=PROJECT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.communicate(timeout=20)


def heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def as_nobody() -> tuple[str, ...]:
    """The command that runs another as an unprivileged user, who may read this interpreter."""
    if not ROOT:
        return ()
    identity = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    if reaches(Account(NOBODY, NOBODY), Path(sys.executable).resolve()):
        return identity
    return (*identity, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")


def fill(disk: Path) -> Path:
    filling = disk / "filling"
    with filling.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"0" * 4096)
    assert shutil.disk_usage(disk).free == 0
    return filling
