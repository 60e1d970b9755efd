"""Barriers as they are answered."""

from pydantic import Field

from app.kit.http import ApiModel


class BarrierOut(ApiModel):
    """One reason why a caseworker may not take a request."""

    code: str = Field(examples=["level"])
    text: str = Field(examples=["Weet te weinig van Geldzaken: nodig is ervaren, dit is basis."])
