"""Code lists as they are answered."""

from collections.abc import Mapping, Sequence

from pydantic import Field

from app.kit.http import ApiModel, Language
from app.rounds.service.code_lists import Label


class CodeOut(ApiModel):
    """One code with its label."""

    code: str = Field(examples=["crisis"])
    label: str = Field(examples=["Crisis: vandaag"])


class CodeListOut(ApiModel):
    """One list of codes, in the order in which people choose from it."""

    name: str = Field(examples=["urgencies"])
    codes: list[CodeOut]


def code_lists_out(lists: Mapping[str, Sequence[tuple[str, Label]]], language: Language) -> list[CodeListOut]:
    """Return the lists as they are answered, with labels in the reader's language."""
    return [
        CodeListOut(name=name, codes=[CodeOut(code=code, label=getattr(label, language)) for code, label in codes])
        for name, codes in lists.items()
    ]
