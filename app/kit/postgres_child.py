"""Change the user, promise to die with the parent, and then become another program.

``postgres_process`` runs this file as a script, with ``python -I -S`` and as the user of the
parent: the interpreter itself may lie where an unprivileged user can't come. It therefore imports
nothing but the standard library.

Arguments: the process id of the parent, a user id and a group id (or ``-`` and ``-`` to stay who
we are), ``kernel`` or ``watch`` (who looks after the parent), and the command with its arguments.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import NoReturn

PR_SET_PDEATHSIG = 1
CANNOT_CHANGE_USER = 77
CANNOT_RUN = 126
WATCH_SECONDS = 0.25
KERNEL, WATCH = "kernel", "watch"


def become(uid: int, gid: int) -> None:
    """Give up the rights of root for good: no other groups, then the group, then the user."""
    try:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    except OSError as error:
        print(f"cannot become user {uid}: {error.strerror}", file=sys.stderr)  # noqa: T201 - it is a script
        sys.exit(CANNOT_CHANGE_USER)


def die_with_parent() -> None:
    """Ask the kernel for SIGQUIT, PostgreSQL's immediate stop, when the parent's thread ends.

    A change of user withdraws the request, so it comes after ``become``.
    """
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)


def run(command: Sequence[str]) -> NoReturn:
    """Become the command, or say why that is impossible."""
    try:
        os.execv(command[0], list(command))  # noqa: S606 - no shell is wanted
    except OSError as error:
        print(f"cannot run {command[0]}: {error.strerror}", file=sys.stderr)  # noqa: T201
        os._exit(CANNOT_RUN)


def watch(parent: int, command: Sequence[str]) -> int:
    """Run the command beside us and end it when the parent is gone; returns its exit code.

    For systems whose kernel doesn't do this, such as macOS. Signals are passed on.
    """
    child = os.fork()
    if child == 0:
        run(command)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
        signal.signal(number, lambda received, _frame: os.kill(child, received))
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if os.getppid() != parent:
            os.kill(child, signal.SIGQUIT)
        time.sleep(WATCH_SECONDS)


def main(arguments: Sequence[str]) -> int:
    """Do what the arguments say; returns only when watching, or when the parent is gone already."""
    parent, uid, gid, guard, *command = arguments
    os.umask(0o077)
    if uid != "-":
        become(int(uid), int(gid))
    if guard == WATCH:
        return watch(int(parent), command)
    die_with_parent()
    if os.getppid() != int(parent):
        return 0
    run(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
