"""References of help requests that can be read aloud, with a check character.

31 characters that are not taken for one another when spoken or written (no 0, 1, I, L, O). Each place
has a weight of its own modulo the prime 31, so that every single mistake and every swap of two
characters is noticed.
"""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 10
HALF = 5


def new_reference() -> str:
    """Return a new reference, as in ``K7M2P-9XQ4C``: nine random characters and the check character."""
    return reference_of("".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1)))


def reference_of(body: str) -> str:
    """Return the reference that begins with nine characters of the alphabet."""
    whole = body + _check_character(body)
    return f"{whole[:HALF]}-{whole[HALF:]}"


def as_reference(written: str) -> str | None:
    """Return a reference as it is stored, however it was written; None when it cannot be one."""
    plain = "".join(part for part in written.upper() if part not in " -.")
    if len(plain) != LENGTH or not set(plain) <= set(ALPHABET) or plain[-1] != _check_character(plain[:-1]):
        return None
    return f"{plain[:HALF]}-{plain[HALF:]}"


def _check_character(body: str) -> str:
    total = sum(place * ALPHABET.index(character) for place, character in enumerate(body, start=1))
    # The check character itself has weight 10, so what it must be is found by 10's inverse modulo 31.
    return ALPHABET[-total * pow(LENGTH, -1, len(ALPHABET)) % len(ALPHABET)]
