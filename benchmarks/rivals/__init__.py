"""Who takes part: our solver and its rivals, each as plain as its users would write it."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Final, TypeAlias

from benchmarks.instances import Instance, warm_up_models
from benchmarks.rivals.formulation import NotForThis, Solution, Tell
from solver import make_ready

Solve: TypeAlias = Callable[[Instance, float, int, Tell], Solution | None]
WARM_UP_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Contestant:
    """A solver by name; its module is imported where it is used, as some cannot share a process.

    Attributes
    ----------
    title
        What it is called in tables.
    equal_only
        Whether it knows only equal efforts.
    """

    title: str
    module: str
    function: str = "solve"
    equal_only: bool = False

    @property
    def solve(self) -> Solve:
        """Return its function: instance, seconds, threads, whom to tell; None when it finds nothing."""
        found: Solve = getattr(import_module(f"benchmarks.rivals.{self.module}"), self.function)
        return found


CONTESTANTS: Final = {
    "ours": Contestant("ours", "ours"),
    "cp-sat": Contestant("CP-SAT, naive", "cp_sat"),
    "highs": Contestant("HiGHS", "mip", "highs"),
    "scip": Contestant("SCIP", "mip", "scip"),
    "local-search": Contestant("greedy and local search", "local_search"),
    "flow": Contestant("min-cost flow by loops", "flow", equal_only=True),
    "glop": Contestant("GLOP", "glop", equal_only=True),
    "hungarian": Contestant("Hungarian on slots", "hungarian", equal_only=True),
}


def contestant_of(name: str) -> Contestant:
    """Return the contestant with this name; raises KeyError when there is none."""
    return CONTESTANTS[name]


def warm_up(contestant: Contestant, threads: int) -> None:
    """Let a contestant solve something small, so that imports and compilation are behind it."""
    if contestant.module == "ours":
        make_ready()
    for instance in warm_up_models():
        try:
            contestant.solve(instance, WARM_UP_SECONDS, threads, lambda _: None)
        except NotForThis:
            continue
