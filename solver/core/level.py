"""The level that a climb of prices aims at: above the best bound of late, nearer when it stands still.

A target level for Polyak's step where the optimum is not known (Brännlund 1993; Goffin and Kiwiel 1999).
"""

import numpy as np
from numpy.typing import NDArray

from solver.core.compiled import compiled


@compiled
def aim_anew(state: NDArray[np.float64], now: float, patience: float, nearer: float) -> None:
    """Move the level by what a look found.

    Parameters
    ----------
    state
        How far above the best bound of late to aim, looks since that bound rose, and that bound; changed in place.
    now
        The bound of this look.
    patience, nearer
        After so many looks without a better bound the level is multiplied by this.
    """
    level, lately = state[0], state[2]
    if now > lately:
        state[0] = 1.3 * level if now > lately + 0.5 * level else level
        state[1], state[2] = 0.0, now
        return
    state[1] += 1.0
    if state[1] >= patience:
        state[0], state[1] = nearer * level, 0.0
