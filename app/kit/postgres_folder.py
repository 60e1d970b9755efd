"""What stands in a data folder, whether it can be used, and in plain words why not."""

import errno
import fcntl
import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from app.kit.postgres_process import Account, DataFolderError

CLUSTER = "postgresql"
UNFINISHED = "postgresql.new"
LOCK = "postgresql.lock"
LOG = "postgresql.log"
SOCKET = ".s.PGSQL.5432"
MAJOR_VERSION = "18"
CONTROL_FILE_BYTES = 8192
NEEDED_BYTES = 64 * 1024 * 1024
LEAST_BYTES = 1024 * 1024
LARGEST_LOG_BYTES = 1_000_000
LONGEST_SOCKET_PATH = 100
"""Bytes; the limit is 107 on Linux and 103 on macOS."""

BEGIN_ANEW = "Put back a backup, or move that folder away to begin with an empty database."
MAKE_ROOM = "Make room, or choose another folder with STADSBREED_DATA_DIR."
CHOOSE_ANOTHER = "Choose another folder with STADSBREED_DATA_DIR."
NO_OTHER_USER = (
    "PostgreSQL doesn't run as root, and here root may not become another user: start as a normal user, "
    "or set STADSBREED_DATABASE_URL to a server of your own."
)
FULL_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FULL_DISK_WORDS = ("No space left on device", "quota exceeded", "File too large")


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn what the system and the server complain about into a message about the data folder.

    Raises
    ------
    DataFolderError
        Instead of an ``OSError`` or an error of psycopg.
    """
    try:
        yield
    except OSError as error:
        raise DataFolderError(_in_words(folder, error)) from error
    except psycopg.Error as error:
        line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise DataFolderError(f"The database in {folder} doesn't work: {line}. {BEGIN_ANEW}") from error


def _in_words(folder: Path, error: OSError) -> str:
    where = "" if error.filename in (None, str(folder)) else f" ({error.filename})"
    if error.errno in FULL_DISK:
        return f"The disk of the data folder {folder} is full{where}. {MAKE_ROOM}"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"This user may not write in the data folder {folder}{where}. {CHOOSE_ANOTHER}"
    if error.errno == errno.EROFS:
        return f"The data folder {folder} is on a disk that can only be read{where}. {CHOOSE_ANOTHER}"
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return f"The data folder {folder} is not a folder{where}. {CHOOSE_ANOTHER}"
    return f"The data folder {folder} can't be used: {error.strerror}{where}. {CHOOSE_ANOTHER}"


def prepare(folder: Path) -> None:
    """Make the data folder, for us alone; one that exists keeps its mode."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / "PG_VERSION").exists():
        raise DataFolderError(
            f"The data folder {folder} is itself a PostgreSQL database that isn't ours. {CHOOSE_ANOTHER}"
        )


def open_lock(folder: Path) -> int:
    """Open the file that tells whether the folder's server runs; returns the descriptor, not locked yet."""
    return _open_ours(folder, LOCK, os.O_RDWR)


def open_log(folder: Path) -> int:
    """Open the server's log to add to it; a grown one is put aside first, and replaces the previous one."""
    path = folder / LOG
    with suppress(FileNotFoundError):
        if path.lstat().st_size > LARGEST_LOG_BYTES:
            path.replace(folder / f"{LOG}.1")
    return _open_ours(folder, LOG, os.O_WRONLY | os.O_APPEND)


def _open_ours(folder: Path, name: str, flags: int) -> int:
    """Open a file that belongs to whom the folder belongs to; never one that a link points at."""
    descriptor = os.open(folder / name, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def try_lock(descriptor: int) -> bool:
    """Take the lock when nobody has it; says whether we have it now."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_new(folder: Path) -> bool:
    """Whether the data folder has no database yet: none at all, or an empty folder for it."""
    cluster = folder / CLUSTER
    return not cluster.exists() or (cluster.is_dir() and not any(cluster.iterdir()))


def make_room_for_new(folder: Path, account: Account | None) -> Path:
    """Throw away what an interrupted start left, and return an empty private folder for a new database."""
    unfinished = folder / UNFINISHED
    if unfinished.exists():
        shutil.rmtree(unfinished)
    if shutil.disk_usage(folder).free < NEEDED_BYTES:
        raise DataFolderError(
            f"The disk of the data folder {folder} is full: a new database needs "
            f"{NEEDED_BYTES // 1024 // 1024} MB. {MAKE_ROOM}"
        )
    unfinished.mkdir(mode=0o700)
    if account is not None:
        _give(account, unfinished)
    return unfinished


def finish_new(folder: Path) -> None:
    """Give the complete database its name, in a way that survives a power cut."""
    (folder / UNFINISHED).rename(folder / CLUSTER)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check(folder: Path, account: Account | None) -> None:
    """Refuse a database that isn't complete, isn't ours or is of another version, before a server touches it."""
    cluster = folder / CLUSTER
    owner = cluster.stat()
    if not stat.S_ISDIR(owner.st_mode):
        raise DataFolderError(f"{cluster} is not a folder. {BEGIN_ANEW}")
    if account is None and owner.st_uid != os.geteuid():
        raise DataFolderError(
            f"The database in {cluster} belongs to user {owner.st_uid}: start as that user, or as root."
        )
    _check_version(cluster)
    control = cluster / "global" / "pg_control"
    if not control.is_file() or control.stat().st_size != CONTROL_FILE_BYTES:
        raise DataFolderError(f"The database in {cluster} is damaged: {control} is not complete. {BEGIN_ANEW}")
    if account is not None and owner.st_uid == 0:
        _give_all(account, cluster)
    if stat.S_IMODE(owner.st_mode) != stat.S_IRWXU:
        cluster.chmod(stat.S_IRWXU)


def _check_version(cluster: Path) -> None:
    path = cluster / "PG_VERSION"
    version = path.read_bytes()[:20].decode("ascii", "replace").strip() if path.is_file() else ""
    if version == MAJOR_VERSION:
        return
    if re.fullmatch(r"\d+(\.\d+)?", version):
        raise DataFolderError(
            f"The database in {cluster} was made by PostgreSQL {version}, and this is PostgreSQL "
            f"{MAJOR_VERSION}. Use the version of Stadsbreed that made it to export it, then move it away."
        )
    raise DataFolderError(
        f"What is in {cluster} is damaged or not a database of ours: PG_VERSION doesn't hold a version. "
        f"{BEGIN_ANEW}"
    )


def _give_all(account: Account, cluster: Path) -> None:
    for place, _folders, files in os.walk(cluster):
        _give(account, Path(place))
        for name in files:
            _give(account, Path(place, name))


def _give(account: Account, path: Path) -> None:
    """Make the account the owner; a container that has no other users than root says EINVAL or EPERM."""
    try:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.EPERM):
            raise DataFolderError(NO_OTHER_USER) from error
        raise


def forget_dead_server(folder: Path) -> None:
    """Remove the traces of a server that no longer lives, and refuse when a foreign one does.

    Only for who has the lock: then no server of ours lives, and a process that has the number of an
    old one now (usual in containers) must not stand in the way of a new start.
    """
    trace = folder / CLUSTER / "postmaster.pid"
    if (pid := _first_number(trace)) and _serves(pid, folder / CLUSTER):
        raise DataFolderError(
            f"The data folder {folder} is in use by process {pid}, a PostgreSQL that Stadsbreed didn't start. "
            f"Stop it, or choose another folder with STADSBREED_DATA_DIR."
        )
    for name in ("postmaster.pid", SOCKET, f"{SOCKET}.lock"):
        (folder / CLUSTER / name).unlink(missing_ok=True)


def _first_number(trace: Path) -> int:
    with suppress(FileNotFoundError, ValueError, IndexError):
        return int(trace.read_text("ascii", "replace").splitlines()[0])
    return 0


def _serves(pid: int, cluster: Path) -> bool:
    """Whether a living process is a server on this database, as far as we may see."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError, OverflowError):
        return False
    process = Path("/proc") / str(pid)
    if not process.exists():
        return True
    with suppress(OSError):
        return (process / "cwd").samefile(cluster)
    with suppress(OSError):
        return (process / "comm").read_text("utf-8", "replace").strip() == "postgres"
    return False


def is_ready(folder: Path) -> bool:
    """Whether the server says that it accepts connections."""
    try:
        lines = (folder / CLUSTER / "postmaster.pid").read_text("ascii", "replace").splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"


def short_way(folder: Path) -> Path:
    """Return a path to the folder of the socket that is short and simple enough for an address.

    Where the real one isn't, it is a link in a private folder, made by every process that needs it.
    """
    cluster = folder / CLUSTER
    if _fits(cluster):
        return cluster
    base = Path("/run") if os.geteuid() == 0 and os.access("/run", os.W_OK) else Path(tempfile.gettempdir())
    private = base / f"stadsbreed-{os.geteuid()}"
    private.mkdir(mode=0o700, exist_ok=True)
    facts = private.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid() or facts.st_mode & 0o077:
        raise DataFolderError(f"{private} must be a folder of this user that nobody else can enter: remove it.")
    link = private / hashlib.sha256(os.fsencode(cluster)).hexdigest()[:16]
    if not _fits(link):
        raise DataFolderError(f"The path of the data folder {folder} is too long. {CHOOSE_ANOTHER}")
    with suppress(FileExistsError):
        link.symlink_to(cluster)
    return link


def forget_short_way(folder: Path, socket_folder: Path) -> None:
    """Remove the link that ``short_way`` made, when it had to make one."""
    if socket_folder != folder / CLUSTER:
        socket_folder.unlink(missing_ok=True)


def _fits(path: Path) -> bool:
    name = os.fsencode(path / SOCKET)
    return len(name) <= LONGEST_SOCKET_PATH and re.fullmatch(rb"[\w./-]+", name) is not None


def why_not_made(folder: Path, said: str) -> DataFolderError:
    """Say in one sentence, from what ``initdb`` wrote, why a new database can't be made."""
    return _known_reason(folder, said) or DataFolderError(
        f"A new database can't be made in the data folder {folder}: {_last_complaint(said)}. {CHOOSE_ANOTHER}"
    )


def why_not_started(folder: Path, said: str) -> DataFolderError:
    """Say in one sentence, from what the server wrote, why the database doesn't start."""
    return _known_reason(folder, said) or DataFolderError(
        f"The database in the data folder {folder} doesn't start: {_last_complaint(said)}. {BEGIN_ANEW} "
        f"More is in {folder / LOG}."
    )


def _known_reason(folder: Path, said: str) -> DataFolderError | None:
    if any(words in said for words in FULL_DISK_WORDS) or shutil.disk_usage(folder).free < LEAST_BYTES:
        return DataFolderError(f"The disk of the data folder {folder} is full. {MAKE_ROOM}")
    if "cannot become user" in said:
        return DataFolderError(NO_OTHER_USER)
    if "could not look up effective user ID" in said:
        return DataFolderError(
            f"PostgreSQL needs a user with a name, and the user of the data folder {folder} has none on this "
            f"machine: start as a user from /etc/passwd, or set STADSBREED_DATABASE_URL to a server of your own."
        )
    return None


def _last_complaint(said: str) -> str:
    """Find the line that matters; the last one when none is marked as an error."""
    marked = re.findall(r"(?:FATAL|PANIC|ERROR|error): +(.+)", said)
    lines = said.strip().splitlines()
    return (marked or lines or ["it gave no reason"])[-1].rstrip(".")
