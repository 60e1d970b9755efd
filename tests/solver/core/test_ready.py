"""Machine code is there before the first question: no loop is compiled or loaded within one."""

import subprocess
import sys

LOOK = """
import importlib, pkgutil
from numpy.random import default_rng
import solver, solver.core
from solver.core import routes
from solver.limits import Limits, start
from tests.solver.core.models import a_gap_model, a_model

def ready():
    return {
        f"{found.name}.{name}": len(loop.signatures)
        for found in pkgutil.iter_modules(solver.core.__path__)
        for name, loop in vars(importlib.import_module(f"solver.core.{found.name}")).items()
        if hasattr(loop, "signatures")
    }

solver.make_ready()
before = ready()
for kind in ("coarse", "fine", "equal"):
    routes.solve(a_model(default_rng(1), 80, 12, kind=kind, ratio=1.1), start(Limits(effort=2)))
routes.solve(a_gap_model(1), start(Limits(effort=2)))
print(sum(before.values()), [name for name, count in ready().items() if count != before[name]])
"""


def test_after_making_ready_no_loop_is_left_to_compile() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, timeout=300, check=True)
    count, left = done.stdout.split(maxsplit=1)
    assert int(count) > 10
    assert left.strip() == "[]"
