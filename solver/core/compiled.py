"""Loops that NumPy can't express, as machine code: Numba compiles them once and keeps the result."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., object])
SOURCES: Final = Path(__file__).parent
DIGITS: Final = 16
"""Length of a folder's name: hexadecimal digits of the digest of all sources."""
DAY_SECONDS: Final = 86_400


def _folder_of_sources() -> Path:
    """Return the folder for machine code, named after all sources.

    A kept function holds copies of the functions that it calls, and Numba looks at the age of its own file
    only: after a change in another file it would go on with the old copy.
    """
    digest = sha256(b"".join(path.read_bytes() for path in sorted(SOURCES.glob("*.py"))))
    return SOURCES / "__pycache__" / digest.hexdigest()[:DIGITS]


def make(folder: Path) -> None:
    """Make a folder for machine code; a new one takes the place of those that nobody used for a day.

    Each process that starts marks its folder as used. One that runs older sources for longer than a day may
    lose what it keeps: Numba then makes it again when it needs it.
    """
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    folder.touch()
    if is_new:
        now = folder.stat().st_mtime
        for other in folder.parent.glob("[0-9a-f]" * DIGITS):
            if now - other.stat().st_mtime > DAY_SECONDS:
                shutil.rmtree(other, ignore_errors=True)


_CONFIG: Final[Any] = numba.config  # its type stubs know no settings
if not _CONFIG.CACHE_DIR:
    _CONFIG.CACHE_DIR = str(_folder_of_sources())
    with suppress(OSError):  # a read-only installation, or another process that tidies up as well
        make(Path(_CONFIG.CACHE_DIR))


def compiled(function: Function) -> Function:
    """Return a function compiled when it is first called; the machine code is kept for the next process.

    Where nothing can be written, as in a read-only installation, each process compiles it anew.
    """
    machine_code: Any
    try:
        machine_code = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        machine_code = numba.njit(nogil=True)(function)
    same: Function = machine_code
    return same
