"""The keys that signatures are checked with."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, TypeVar, Union

from .refusal import Refusal, SignatureRefused

if TYPE_CHECKING:
    from .public_key import PublicKey


class Scheme(Enum):
    """How a gateway signs."""

    ALIBABA = "alibaba-hmac-sha256"
    HUAWEI = "huawei-hmac-sha256"
    BASIC = "basic"
    RFC9421_HMAC = "rfc9421-hmac-sha256"
    RFC9421_KEY_PAIR = "rfc9421-key-pair"


RFC9421 = (Scheme.RFC9421_HMAC, Scheme.RFC9421_KEY_PAIR)


class State(Enum):
    """Where a key is in its life."""

    ACTIVE = "active"
    NEXT = "next"
    RETIRED = "retired"


class Key:
    """One key. Its secret is in no `repr`."""

    __slots__ = ("key_id", "name", "public_key", "scheme", "secret", "sign_key", "state", "version")

    def __init__(
        self,
        scheme: Union[Scheme, str],
        sign_key: str,
        *,
        secret: Optional[str] = None,
        public_key: Optional[str] = None,
        name: str = "",
        version: int = 0,
        state: Union[State, str] = State.ACTIVE,
    ) -> None:
        """`public_key` is Base64 of a SubjectPublicKeyInfo and needs `cryptography`.

        Raises `ValueError` for what is no key; it holds no value of the key.
        """
        self.scheme = _member(Scheme, scheme, "scheme")
        self.state = _member(State, state, "state")
        self.sign_key = sign_key
        self.name = name
        self.version = version
        try:
            self.secret = (secret or "").encode()
        except UnicodeEncodeError:
            raise ValueError("secret is no text") from None
        self.public_key: Optional[PublicKey] = None
        self.key_id = sign_key
        if public_key is not None:
            from .public_key import PublicKey

            self.public_key = PublicKey(public_key)
            self.key_id = self.public_key.thumbprint
        if self.state is State.RETIRED:
            return
        if self.scheme is Scheme.RFC9421_KEY_PAIR:
            if self.public_key is None:
                raise ValueError("a key pair without public_key")
        elif not self.secret:
            # With an empty secret anybody could sign.
            raise ValueError("a key without secret")

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Key:
        """Reads a record of a file or of the feed; raises `ValueError`."""
        if not isinstance(record, Mapping):
            raise ValueError("a key that is no object")

        def text(member: str) -> Optional[str]:
            value = record.get(member)
            if value is not None and not isinstance(value, str):
                raise ValueError(f"{member} is no text")
            return value

        sign_key, version = text("sign_key"), record.get("version", 0)
        if sign_key is None:
            raise ValueError("a key without sign_key")
        if not isinstance(version, int):
            raise ValueError("version is no number")
        return cls(
            text("scheme") or "",
            sign_key,
            secret=text("secret"),
            public_key=text("public_key"),
            name=text("name") or "",
            version=version,
            state=text("state") or State.ACTIVE,
        )

    @property
    def identity(self) -> tuple[Scheme, str, bytes, str]:
        """Two records with the same one are the same key, whatever their states."""
        return (self.scheme, self.sign_key, self.secret, self.key_id)

    def __repr__(self) -> str:
        return (
            f"Key({self.scheme.value!r}, {self.sign_key!r}, name={self.name!r}, "
            f"version={self.version}, state={self.state.value!r})"
        )


_Known = TypeVar("_Known", Scheme, State)


def _member(known: type[_Known], value: Union[_Known, str], what: str) -> _Known:
    try:
        return known(value)
    except ValueError:
        raise ValueError(f"the {what} is not known") from None


class KeySet:
    """Keys by scheme and key id, as they are at one moment. Never changes."""

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        self.keys = tuple(keys)
        self.schemes = frozenset(key.scheme for key in self.keys)
        self._usable: dict[tuple[Scheme, str], list[Key]] = {}
        self._known: set[tuple[Scheme, str]] = set()
        for key in self.keys:
            place = (key.scheme, key.key_id)
            self._known.add(place)
            if key.state is not State.RETIRED:
                self._usable.setdefault(place, []).append(key)

    @classmethod
    def from_json(cls, document: Any) -> KeySet:
        """Reads `{"keys": [...]}`; raises `ValueError`."""
        if not isinstance(document, Mapping) or not isinstance(document.get("keys"), list):
            raise ValueError("not an object with a list of keys")
        return cls(Key.from_json(record) for record in document["keys"])

    @classmethod
    def from_file(cls, path: Union[str, os.PathLike[str]]) -> KeySet:
        """Reads a file of `{"keys": [...]}`; raises `OSError` or `ValueError`."""
        return cls.from_json(json.loads(Path(path).read_text(encoding="utf-8")))

    def usable(self, key_id: str, *schemes: Scheme) -> list[Key]:
        """The keys to try. Raises `unknown_sign_key` or `retired_sign_key` if there is none."""
        found = [key for scheme in schemes for key in self._usable.get((scheme, key_id), ())]
        if found:
            return found
        if any((scheme, key_id) in self._known for scheme in schemes):
            raise SignatureRefused(Refusal.RETIRED_SIGN_KEY)
        raise SignatureRefused(Refusal.UNKNOWN_SIGN_KEY)
