"""What is found out when somebody asks, in plain words: another choice, contradictions, more hours."""

from collections import Counter
from typing import Any

from solver.findings import Conflict, Forced, Move
from solver.outcome_texts import CONFLICTS, FORCED, HOUR_CHANGES, HOURS, MOVES, STATEMENTS
from solver.plan import ExtraHour
from solver.sentences import Language, Names, joined, say
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


def say_conflict(item: Conflict, language: Language, names: Names) -> str:
    """Return which statements don't go together, and what else is in the way."""
    kind = "together" if len(item.statements) > 1 else "alone"
    said = [
        say(CONFLICTS[kind], {"statements": joined(_statements(item, language, names), language)}, language, names)
    ]
    kinds = {statement.kind for statement in item.statements}
    if "household" in kinds and "pinned" not in kinds:
        said.append(say(CONFLICTS["nobody-else"], {}, language, names))
    said += [say(BARRIERS[barrier.code], barrier.facts, language, names) for barrier in item.barriers]
    return " ".join(said)


def _statements(item: Conflict, language: Language, names: Names) -> list[str]:
    """Return each statement in words; those of a household are one."""
    home = tuple(statement.request for statement in item.statements if statement.kind == "household")
    said = [
        say(
            STATEMENTS[statement.kind],
            {"request": statement.request, "caseworker": statement.caseworker},
            language,
            names,
        )
        for statement in item.statements
        if statement.kind != "household"
    ]
    return [*said, say(STATEMENTS["household"], {"requests": home}, language, names)] if home else said


def say_extra_hour(item: ExtraHour, language: Language, names: Names) -> str:
    """Return whose hour would change what."""
    parts = [name for name in ("caseworker", "topic", "location") if getattr(item, name) is not None]
    whose = {"caseworker": item.caseworker, "topic": item.topic, "location": item.location}
    start = say(HOURS["-".join(parts) or "anybody"], whose, language, names)
    facts: dict[str, Any] = {"count": len(item.starts), "points": abs(item.points)}
    return f"{start} {say(HOUR_CHANGES[_change(item)], facts, language, names)}."


def _change(item: ExtraHour) -> str:
    """Return the code of the sentence about what an hour changes."""
    if item.starts:
        return "starts"
    if item.overdue > 0 or item.waiting > 0:
        return "makes-room"
    if item.points > 0:
        return "saves" if item.exact else "saves-at-most"
    return "nothing"
