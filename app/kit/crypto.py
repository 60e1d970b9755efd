"""Encryption of what only a few may read (AES-256-GCM, from the library ``cryptography``)."""

import base64
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
_box: AESGCM | None = None
_key_name = ""


class NotReadable(Exception):
    """The stored bytes were not made with this key for this subject, or were changed."""


def new_key_text() -> str:
    """Return a new key as the settings take it: 32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def use_key(key: bytes) -> None:
    """Encrypt and decrypt with this 32-byte key from now on."""
    global _box, _key_name
    _box = AESGCM(key)
    _key_name = hashlib.sha256(b"stadsbreed key name" + key).hexdigest()[:16]


def key_name() -> str:
    """Return a name for the key in use, which tells nothing of the key: stored beside what it encrypted."""
    return _key_name


def seal(plain: bytes, *, subject: bytes) -> bytes:
    """Encrypt something so that it can be opened for this subject only.

    Returns the nonce followed by ciphertext and tag.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _ready().encrypt(nonce, plain, subject)


def unseal(sealed: bytes, *, subject: bytes) -> bytes:
    """Decrypt what ``seal`` made.

    Raises
    ------
    NotReadable
        When key or subject differ, or the bytes were changed.
    """
    try:
        return _ready().decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], subject)
    except InvalidTag:
        raise NotReadable("made with another key, for another subject, or changed") from None


def _ready() -> AESGCM:
    if _box is None:
        raise RuntimeError("no encryption key in use: call use_key at the start of the process")
    return _box
