"""Cuts that a fractional choice of patterns breaks: what they are is in `cuts`.

Cuts of three rows are all looked at. Those of four and five rows grow from each row in turn, by the row whose
patterns overlap most with those counted already, and are then changed row by row while that helps: a local
search, as there are too many to look at all (as in Pecin, Pessoa, Poggi, Uchoa and Santos 2017).
"""

from typing import Final

import numpy as np

from solver.core.compiled import compiled
from solver.core.cuts import Counted, Cut
from solver.core.model import Bools, Ints
from solver.core.program import Floats

KINDS: Final = (
    ((1, 1, 1), 2),
    ((2, 1, 1, 1), 3),
    ((1, 1, 1, 1, 1), 2),
    ((1, 1, 1, 1, 1), 3),
    ((2, 2, 1, 1, 1), 4),
    ((2, 2, 1, 1, 1), 5),
    ((3, 1, 1, 1, 1), 4),
    ((3, 2, 2, 1, 1), 5),
)
"""How often each row of a cut is counted, and by what the sum is divided; the first kind is the usual one."""
LEAST_BREACH: Final = 0.04
"""A cut is of use where it is broken by more than this."""
MOST_AT_ONCE: Final = 40
MOST_EACH: Final = 5
"""Cuts added at once, and how many of them may share a row."""
SWAPS: Final = 6


def broken(patterns: Counted, share: Floats, rows: int, known: list[Cut], *, all_kinds: bool) -> list[Cut]:
    """Return cuts that patterns taken by shares break, the worst first; none of `known`.

    Parameters
    ----------
    share
        Shape (patterns,): how far each is taken, above 0.
    all_kinds
        Whether cuts of four and five rows are looked for, too: they are found one by one, from each row on.
    """
    order = np.argsort(patterns.row, kind="stable")
    owner = np.repeat(np.arange(len(share)), np.diff(patterns.start))[order]
    start = np.concatenate(([0], np.cumsum(np.bincount(patterns.row, minlength=rows)))).astype(np.int64)
    found: list[tuple[float, Cut]] = []
    for times, divisor in KINDS if all_kinds else KINDS[:1]:
        if len(times) == 3:
            breach, chosen = _triples(patterns.start, patterns.row, start, owner, share, LEAST_BREACH)
        else:
            breach, chosen = _grown(start, owner, share, np.array(times), divisor, LEAST_BREACH)
        norm = float(np.linalg.norm(times))
        found += [
            (value / norm, Cut(tuple(some), times, divisor))
            for value, some in zip(breach.tolist(), chosen.tolist(), strict=True)
        ]
    found.sort(key=lambda pair: -pair[0])
    return _apart([cut for _, cut in found], rows, known)


def _apart(found: list[Cut], rows: int, known: list[Cut]) -> list[Cut]:
    """Return the first cuts, so that each row is in a few only, and no cut comes twice."""
    seen = {_key(cut) for cut in known}
    used = np.zeros(rows, np.int64)
    kept: list[Cut] = []
    for cut in found:
        if _key(cut) not in seen and used[list(cut.rows)].max() < MOST_EACH and len(kept) < MOST_AT_ONCE:
            seen.add(_key(cut))
            used[list(cut.rows)] += 1
            kept.append(cut)
    return kept


def _key(cut: Cut) -> tuple[object, int]:
    return tuple(sorted(zip(cut.rows, cut.times, strict=True))), cut.divisor


@compiled
def _triples(
    start: Ints, row: Ints, row_start: Ints, owner: Ints, share: Floats, least: float
) -> tuple[Floats, Ints]:
    """Return every three rows of which patterns in two or three take more than 1 + least together."""
    rows = len(row_start) - 1
    both = _in_both(start, row, share, rows)
    breach, chosen = [0.0 for _ in range(0)], [(0, 0, 0) for _ in range(0)]
    for i in range(rows):
        for j in range(i + 1, rows):
            for k in range(j + 1, rows):
                value = both[i, j] + both[i, k] + both[j, k] - 1.0
                if value > least:
                    value -= 2.0 * _in_all(row_start, owner, share, i, j, k)
                    if value > least:
                        breach.append(value)
                        chosen.append((i, j, k))
    result = np.empty((len(chosen), 3), np.int64)
    for n in range(len(chosen)):
        result[n, 0], result[n, 1], result[n, 2] = chosen[n]
    return np.array(breach), result


@compiled
def _in_both(start: Ints, row: Ints, share: Floats, rows: int) -> Floats:
    """Return how far patterns that are in two rows are taken, shape (rows, rows)."""
    both = np.zeros((rows, rows))
    for p in range(len(share)):
        for q in range(start[p], start[p + 1]):
            for r in range(start[p], start[p + 1]):
                if q != r:
                    both[row[q], row[r]] += share[p]
    return both


@compiled
def _in_all(row_start: Ints, owner: Ints, share: Floats, i: int, j: int, k: int) -> float:
    """Return how far patterns that are in all three rows are taken."""
    total, y, z = 0.0, row_start[j], row_start[k]
    for x in range(row_start[i], row_start[i + 1]):
        p = owner[x]
        while y < row_start[j + 1] and owner[y] < p:
            y += 1
        while z < row_start[k + 1] and owner[z] < p:
            z += 1
        if y < row_start[j + 1] and z < row_start[k + 1] and owner[y] == p and owner[z] == p:
            total += share[p]
    return total


@compiled
def _grown(
    row_start: Ints, owner: Ints, share: Floats, times: Ints, divisor: int, least: float
) -> tuple[Floats, Ints]:
    """Return one broken cut of a kind for each row from which one grows.

    It grows row by row, by the row whose patterns overlap most with those counted already; then one row takes the
    place of another.
    """
    rows, size = len(row_start) - 1, len(times)
    if rows < size:
        return np.empty(0), np.empty((0, size), np.int64)
    most = times.sum() // divisor
    weight, inside = np.zeros(len(share), np.int64), np.zeros(rows, np.bool_)
    chosen, breach, found = np.empty((rows, size), np.int64), np.empty(rows), 0
    some = np.empty(size, np.int64)
    for first in range(rows):
        weight[:] = 0
        inside[:] = False
        for d in range(size):
            at = first if d == 0 else _most_overlapping(row_start, owner, share, weight, inside, times[d])
            some[d], inside[at] = at, True
            _weigh(row_start, owner, weight, at, times[d])
        for _ in range(SWAPS):
            better = False
            for d in range(size):
                before = some[d]
                _weigh(row_start, owner, weight, before, -times[d])
                inside[before] = False
                at = _most_counted(row_start, owner, share, weight, inside, times[d], divisor, before)
                better = better or at != before
                some[d], inside[at] = at, True
                _weigh(row_start, owner, weight, at, times[d])
            if not better:
                break
        total = -float(most)
        for p in range(len(share)):
            total += share[p] * (weight[p] // divisor)
        if total > least:
            breach[found], chosen[found] = total, some
            found += 1
    return breach[:found], chosen[:found]


@compiled
def _weigh(row_start: Ints, owner: Ints, weight: Ints, row: int, times: int) -> None:
    for e in range(row_start[row], row_start[row + 1]):
        weight[owner[e]] += times


@compiled
def _most_overlapping(row_start: Ints, owner: Ints, share: Floats, weight: Ints, inside: Bools, times: int) -> int:
    """Return the row that adds most to the squares of what patterns are counted."""
    best, at = -1.0, -1
    for row in range(len(row_start) - 1):
        if not inside[row]:
            gain = 0.0
            for e in range(row_start[row], row_start[row + 1]):
                gain += share[owner[e]] * times * (2 * weight[owner[e]] + times)
            if gain > best:
                best, at = gain, row
    return at


@compiled
def _most_counted(
    row_start: Ints, owner: Ints, share: Floats, weight: Ints, inside: Bools, times: int, divisor: int, own: int
) -> int:
    """Return the row with which patterns count most; the own one when none is better."""
    best, at = _gain(row_start, owner, share, weight, own, times, divisor) + 1e-9, own
    for row in range(len(row_start) - 1):
        if not inside[row]:
            gain = _gain(row_start, owner, share, weight, row, times, divisor)
            if gain > best:
                best, at = gain, row
    return at


@compiled
def _gain(row_start: Ints, owner: Ints, share: Floats, weight: Ints, row: int, times: int, divisor: int) -> float:
    """Return how much more patterns count when a row is added."""
    gain = 0.0
    for e in range(row_start[row], row_start[row + 1]):
        p = owner[e]
        gain += share[p] * ((weight[p] + times) // divisor - weight[p] // divisor)
    return gain
