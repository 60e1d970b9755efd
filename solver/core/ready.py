"""Machine code made ready beforehand: every loop runs once on a small model.

A loop is compiled, or its machine code is loaded, when it first runs. A solve takes the loops that it needs;
which ones these are depends on the model. Who must answer quickly later makes all of them ready first.
"""

import numpy as np

from solver.core import components, enumeration, flow, general, greedy, search, separation
from solver.core.cuts import priced as priced_with_cuts
from solver.core.knapsack import columns_of
from solver.core.model import WAITS, Ints, Model
from solver.core.pricing import rough_prices
from solver.core.shortlist import shortlist
from solver.core.stage import POINTS, soft_weights
from solver.core.standing import Priced, Solving
from solver.limits import Limits, start

JOBS, AGENTS = 30, 4
EFFORT = 0.05


def make_ready() -> None:
    """Make or load the machine code of all loops; some 20 s once on a machine, then about two."""
    model = _a_model()
    solving = general.begin(model, start(Limits(effort=EFFORT)))
    priced = rough_prices(solving)
    components.components(model)
    greedy.choose(solving.model, solving.room[POINTS])
    _, regret = priced.regrets()
    _make_patterns_ready(solving, priced)
    columns = columns_of(solving.model)
    short = shortlist(solving.model, columns, regret, solving.choice, AGENTS)
    for few in (True, False):
        hunt = search.begin(
            search.board_of(solving.model, columns, short, soft_weights(solving.model)),
            np.full(JOBS, WAITS, np.int64),
            job_price=priced.prices / priced.stage.scale,
            room_price=solving.room[POINTS],
            seed=0,
        )
        hunt.few = few
        search.improve(hunt, start(Limits(effort=EFFORT)), heat=1.0)
    general.solve(model, start(Limits(effort=EFFORT)))
    flow.solve(_a_model(effort=60))


def _make_patterns_ready(solving: Solving, priced: Priced) -> None:
    """Look for patterns and for cuts of all kinds once."""
    model, stage, (_, regret) = solving.model, priced.stage, priced.regrets()
    plain = enumeration.without_cuts(stage, model, priced.prices)
    enumeration.widest(stage, model, plain, regret, 0, JOBS, solving.budget)
    enumeration.cheapest(stage, model, plain, regret >= 0, solving.budget)
    patterns = enumeration.patterns_of(model, solving.choice)
    counted = patterns.counted(model)
    rows = JOBS + AGENTS
    priced_with_cuts(patterns.costs(model), counted, np.zeros(rows, np.int64), plain.fees)
    separation.broken(counted, np.ones(len(patterns.agent)), rows, [], all_kinds=True)


def _a_model(effort: int | None = None) -> Model:
    """Return a model in which every job fits everybody, and not all jobs fit at once."""
    arcs = np.arange(JOBS * AGENTS)
    job = arcs // AGENTS
    efforts = 60 + 30 * (job % 5) if effort is None else np.full(len(arcs), effort)
    return Model(
        row_start=np.arange(JOBS + 1, dtype=np.int64) * AGENTS,
        agent=_ints(arcs % AGENTS),
        cost=_ints(arcs * 7 % 31),
        effort=_ints(efforts),
        ordinary_effort=_ints(np.where(job % 3 == 0, 0, efforts)),
        count=_ints(np.ones(JOBS)),
        waiting=_ints(np.stack((np.arange(JOBS) % 2, 1 + np.arange(JOBS)))),
        free=_ints(np.full(AGENTS, 600)),
        ordinary_free=_ints(np.full(AGENTS, 480)),
        pace=_ints(np.full(AGENTS, 6)),
        piece_start=_ints(np.arange(AGENTS + 1) * 2),
        piece_width=_ints(np.full(2 * AGENTS, 300)),
        piece_slope=_ints(np.tile((0, 1), AGENTS)),
    )


def _ints(values: object) -> Ints:
    return np.asarray(values).astype(np.int64)
