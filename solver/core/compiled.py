"""Loops that NumPy can't express, as machine code: Numba compiles them once and keeps the result."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., object])
SOURCES: Final = Path(__file__).parent


def _folder_of_sources() -> Path:
    """Return the folder for machine code, named after all sources.

    A kept function holds copies of the functions that it calls, and Numba looks at the age of its own file
    only: after a change in another file it would go on with the old copy.
    """
    digest = sha256(b"".join(path.read_bytes() for path in sorted(SOURCES.glob("*.py"))))
    return SOURCES / "__pycache__" / digest.hexdigest()[:16]


_CONFIG: Final[Any] = numba.config  # its type stubs know no settings
if not _CONFIG.CACHE_DIR:
    _CONFIG.CACHE_DIR = str(_folder_of_sources())


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
