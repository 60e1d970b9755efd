"""What is found out about a problem or plan when somebody asks: prices of another choice, contradictions."""

from dataclasses import dataclass

from solver.plan import Barrier


@dataclass(frozen=True, slots=True)
class Move:
    """A request for which a plan says something else than before; None: it waits."""

    request: str
    was: str | None
    becomes: str | None

    @property
    def kind(self) -> str:
        """Return `moves`, `waits` or `starts`."""
        if self.becomes is None:
            return "waits"
        return "starts" if self.was is None else "moves"


@dataclass(frozen=True, slots=True)
class Difference:
    """What one tier costs more than in the plan; negative when less.

    Attributes
    ----------
    bound
        It can't be less, however long one searches.
    """

    name: str
    cost: int
    bound: int


@dataclass(frozen=True, slots=True)
class Forced:
    """What follows when one request goes to one caseworker, whatever the plan said.

    Attributes
    ----------
    barriers
        Why it can't be; empty when it can.
    above_room
        Whether it does not fit below the caseworker's target or maximum: a round would never propose it,
        a person may decide on it all the same.
    tiers
        What each tier costs more, in their order: `overdue`, `waiting`, `points`; empty when it can't be.
    proven
        Whether the differences are exact: both the plan and the one with this pair are proven optimal.
    moves
        Every other request that then gets somebody else, starts, or waits, by key.
    """

    request: str
    caseworker: str
    barriers: tuple[Barrier, ...] = ()
    above_room: bool = False
    tiers: tuple[Difference, ...] = ()
    proven: bool = False
    moves: tuple[Move, ...] = ()

    @property
    def possible(self) -> bool:
        """Return whether a person may decide so."""
        return not self.barriers

    @property
    def points(self) -> int:
        """Return what the last tier, the points, costs more; 0 when it can't be."""
        return self.tiers[-1].cost if self.tiers else 0


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that somebody said about a request, and that the solver keeps to.

    Attributes
    ----------
    kind
        `pinned`: its proposal to this caseworker stays put; `only`: the resident waits for this caseworker;
        `not-available`: this caseworker is excluded for it, or takes no work (both read alike, so that
        neither gives the other away); `household`: it goes with the others of its household.
    caseworker
        None for `household`.
    """

    kind: str
    request: str
    caseworker: str | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Statements that can't all be kept, so few that leaving out any one of them resolves it.

    Attributes
    ----------
    barriers
        What is in the way of a pinned proposal besides the statements: what the caseworker lacks.
    """

    statements: tuple[Statement, ...]
    barriers: tuple[Barrier, ...] = ()
