"""``python -m benchmarks``: the service and the solver, measured side by side with others in one run."""

import argparse
import sys
from importlib import import_module
from types import ModuleType
from typing import Final

COMMANDS: Final = {
    "service": "intake, recommendation and rounds, beside bare routes",
    "solver": "the whole table of the solver, beside its rivals",
    "gap": "our solver on public files of the generalised assignment problem",
}
MODULES: Final = {"service": "service", "solver": "solver_table", "gap": "gap"}


def main(arguments: list[str]) -> int:
    """Run one of the benchmarks and return the exit code; no figure makes it fail."""
    name = arguments[0] if arguments and arguments[0] in COMMANDS else None
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for command, about in COMMANDS.items():
        one = commands.add_parser(command, help=about, description=about)
        if command == name:
            _module(command).add_options(one)
    given = parser.parse_args(arguments)
    code: int = _module(given.command).command(given)
    return code


def _module(command: str) -> ModuleType:
    """Return the module of a command, imported only now: children of the others need not wait for it."""
    return import_module(f"benchmarks.{MODULES[command]}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
