"""What is found out when somebody asks, in plain words: another choice, contradictions, more hours."""

from collections import Counter
from typing import Any

from solver.findings import Forced, Move
from solver.outcome_texts import FORCED, MOVES
from solver.sentences import Language, Names, say
from solver.texts import BARRIERS, PLACED


def say_forced(item: Forced, language: Language, names: Names) -> str:
    """Return what another choice costs, for how many others something changes, and how sure that is."""
    facts: dict[str, Any] = {"caseworker": item.caseworker}
    if not item.possible:
        why = [say(BARRIERS[barrier.code], barrier.facts, language, names) for barrier in item.barriers]
        return " ".join([say(FORCED["barred"], facts, language, names), *why])
    said = [say(PLACED[more_or_less(item.points)], {**facts, "points": abs(item.points)}, language, names) + "."]
    if item.above_room:
        said.append(say(FORCED["above-room"], facts, language, names))
    counted = Counter(move.kind for move in item.moves)
    said += [say(FORCED[kind], {"count": counted[kind]}, language, names) for kind in MOVES if counted[kind]]
    if not counted:
        said.append(say(FORCED["nothing-else"], {}, language, names))
    if not item.proven:
        said.append(say(FORCED["unproven"], {}, language, names))
    return " ".join(said)


def more_or_less(points: int) -> str:
    """Return the code of the sentence about so many points more or, below 0, less."""
    return "more" if points > 0 else ("less" if points < 0 else "same")


def say_move(item: Move, language: Language, names: Names) -> str:
    """Return what changes for one other request."""
    facts: dict[str, Any] = {"request": item.request, "was": item.was, "becomes": item.becomes}
    return say(MOVES[item.kind], facts, language, names)
