"""Cuts over patterns: few rows of the set partition, weighed and rounded down (rank-1 Chvatal-Gomory cuts).

Each job is in one pattern at most, and each agent has one at most: these are the rows. Of a few rows, each counted
some times, a pattern counts the sum over those it is in, divided and rounded down; all patterns taken may count no
more than the rows together do. Of three rows, for instance, only one pattern can be in two. Fractions break such
rules, choices don't. Three rows: Jepsen, Petersen, Spoorendonk and Pisinger 2008, "Subset-row inequalities applied
to the vehicle-routing problem with time windows"; four and five, and most of the weights: Pecin, Pessoa, Poggi,
Uchoa and Santos 2017, "Limited memory rank-1 cuts for vehicle routing problems".
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from solver.core.compiled import compiled
from solver.core.model import Ints


class Fees(NamedTuple):
    """What patterns pay for the cuts in which they are counted, as loops read it.

    Attributes
    ----------
    start, cut, times
        Compressed rows by row of the set partition: the cuts that it is in, and how often it is counted.
    divisor, fee
        Shape (cuts,): by what the sum is divided, and the price of the cut, scaled, at least 0.
    """

    start: Ints
    cut: Ints
    times: Ints
    divisor: Ints
    fee: Ints


@dataclass(frozen=True, slots=True)
class Cut:
    """Some rows, how often each is counted, and the divisor."""

    rows: tuple[int, ...]
    times: tuple[int, ...]
    divisor: int

    @property
    def most(self) -> int:
        """Return how much all patterns together may count."""
        return sum(self.times) // self.divisor


def fees_of(cuts: list[Cut], fee: Ints, rows: int) -> Fees:
    """Return cuts with their prices as loops read them.

    Parameters
    ----------
    fee
        Shape (cuts,) or shorter, scaled: those without one are free.
    rows
        How many rows the set partition has.
    """
    row = np.array([row for cut in cuts for row in cut.rows], np.int64)
    cut = np.array([c for c, one in enumerate(cuts) for _ in one.rows], np.int64)
    times = np.array([t for one in cuts for t in one.times], np.int64)
    order = np.argsort(row, kind="stable")
    start = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=rows)))).astype(np.int64)
    divisor = np.array([one.divisor for one in cuts], np.int64)
    return Fees(start, cut[order], times[order], divisor, np.pad(fee, (0, len(cuts) - len(fee))))


def paid(cuts: list[Cut], fee: Ints) -> int:
    """Return what is paid for all cuts at most, scaled."""
    return sum(price * cut.most for price, cut in zip(fee.tolist(), cuts, strict=False))


class Counted(NamedTuple):
    """The rows that each of some patterns is in, in compressed rows: its agent's, then those of its jobs."""

    start: Ints
    row: Ints


def times_in(cut: Cut, patterns: Counted, rows: int) -> Ints:
    """Return how much each pattern counts in a cut, shape (patterns,)."""
    weight = np.zeros(rows, np.int64)
    weight[list(cut.rows)] = cut.times
    return np.add.reduceat(weight[patterns.row], patterns.start[:-1]) // cut.divisor


def priced(cost: Ints, patterns: Counted, prices: Ints, fees: Fees) -> Ints:
    """Return what patterns cost at prices of the rows, with fees, shape (patterns,).

    Parameters
    ----------
    cost
        Shape (patterns,), scaled.
    prices
        Shape (rows,), scaled.
    """
    result = np.empty(len(cost), np.int64)
    _priced(cost, patterns.start, patterns.row, prices, fees, result)
    return result


@compiled
def _priced(cost: Ints, start: Ints, row: Ints, prices: Ints, fees: Fees, result: Ints) -> None:
    weight = np.zeros(len(fees.fee), np.int64)
    for p in range(len(cost)):
        value = cost[p]
        for q in range(start[p], start[p + 1]):
            value += added(fees, row[q], weight) - prices[row[q]]
            count(fees, row[q], weight, 1)
        for q in range(start[p], start[p + 1]):
            count(fees, row[q], weight, -1)
        result[p] = value


@compiled
def added(fees: Fees, row: int, weight: Ints) -> int:
    """Return what a pattern pays more when it is in one more row; `weight` is what it counts in each cut."""
    more = 0
    for e in range(fees.start[row], fees.start[row + 1]):
        c = fees.cut[e]
        more += fees.fee[c] * ((weight[c] + fees.times[e]) // fees.divisor[c] - weight[c] // fees.divisor[c])
    return more


@compiled
def count(fees: Fees, row: int, weight: Ints, sign: int) -> None:
    """Count a row in its cuts, or take it out again (sign -1)."""
    for e in range(fees.start[row], fees.start[row + 1]):
        weight[fees.cut[e]] += sign * fees.times[e]
