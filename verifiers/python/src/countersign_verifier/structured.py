"""Dictionaries of structured fields (RFC 8941), read strictly and written anew."""

from __future__ import annotations

import base64
import re
from decimal import Decimal
from typing import NamedTuple, Union

FIELD_BYTES_MAX = 16 * 1024
MEMBERS_MAX = 8
ITEMS_MAX = 64
PARAMS_MAX = 16

_KEY = re.compile(r"[a-z*][a-z0-9_\-.*]*")
_NUMBER = re.compile(r"-?([0-9]+)(?:\.([0-9]*))?")
_TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*")
_STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_BYTES = re.compile(r":([A-Za-z0-9+/]*)(={0,2}):")


class BadField(ValueError):
    """A text that is no dictionary, or a larger one than is read."""


class Token(str):
    """A token, which is not a string."""


Bare = Union[int, Decimal, str, Token, bytes, bool]
Params = dict[str, Bare]


class Item(NamedTuple):
    """An item of a list, or a member that is no list."""

    value: Bare
    params: Params


class InnerList(NamedTuple):
    """A member that is a list."""

    items: list[Item]
    params: Params


Member = Union[Item, InnerList]


def read_dictionary(text: str) -> dict[str, Member]:
    """Raises `BadField`."""
    if len(text) > FIELD_BYTES_MAX:
        raise BadField("too long")
    return _Reader(text).dictionary()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def dictionary(self) -> dict[str, Member]:
        members: dict[str, Member] = {}
        self.skip(" ")
        if self.done():
            return members
        while True:
            key = self.match(_KEY)[0]
            if key in members or len(members) == MEMBERS_MAX:
                raise BadField("a key twice, or too many")
            members[key] = self.member() if self.take("=") else Item(True, self.params())
            self.skip(" \t")
            if self.done():
                return members
            if not self.take(","):
                raise BadField("no comma")
            self.skip(" \t")
            if self.done():
                raise BadField("a comma at the end")

    def member(self) -> Member:
        if not self.take("("):
            return self.item()
        items: list[Item] = []
        while True:
            blanks = self.skip(" ")
            if self.take(")"):
                return InnerList(items, self.params())
            if items and not blanks:
                raise BadField("no blank between items")
            if len(items) == ITEMS_MAX:
                raise BadField("too many items")
            items.append(self.item())

    def item(self) -> Item:
        value = self.bare()
        return Item(value, self.params())

    def params(self) -> Params:
        params: Params = {}
        while self.take(";"):
            self.skip(" ")
            key = self.match(_KEY)[0]
            if key in params or len(params) == PARAMS_MAX:
                raise BadField("a parameter twice, or too many")
            params[key] = self.bare() if self.take("=") else True
        return params

    def bare(self) -> Bare:
        first = self.text[self.at : self.at + 1]
        if first == '"':
            return re.sub(r"\\(.)", r"\1", self.match(_STRING)[1])
        if first == ":":
            return self.byte_sequence()
        if first == "?":
            self.at += 1
            if self.take("1"):
                return True
            if self.take("0"):
                return False
            raise BadField("no boolean")
        if first in ("-", *"0123456789"):
            return self.number()
        return Token(self.match(_TOKEN)[0])

    def byte_sequence(self) -> bytes:
        """Base64 with and without padding and with loose bits, as section 4.2.7 wants it."""
        digits, padding = self.match(_BYTES).groups()
        missing = -len(digits) % 4
        if missing == 3 or len(padding) > missing:
            raise BadField("no Base64")
        return base64.b64decode(digits + "=" * missing)

    def number(self) -> Bare:
        found = self.match(_NUMBER)
        whole, fraction = found[1], found[2]
        if fraction is None:
            if len(whole) > 15:
                raise BadField("a number too long")
            return int(found[0])
        if len(whole) > 12 or not 1 <= len(fraction) <= 3:
            raise BadField("a decimal too long")
        return Decimal(found[0])

    def match(self, form: re.Pattern[str]) -> re.Match[str]:
        found = form.match(self.text, self.at)
        if not found:
            raise BadField(f"not readable at {self.at}")
        self.at = found.end()
        return found

    def take(self, character: str) -> bool:
        if self.text.startswith(character, self.at):
            self.at += 1
            return True
        return False

    def skip(self, blanks: str) -> bool:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] in blanks:
            self.at += 1
        return self.at > start

    def done(self) -> bool:
        return self.at == len(self.text)


def write_inner_list(member: InnerList) -> str:
    """As RFC 8941 section 4.1 has it."""
    items = [_write(item.value) + _write_params(item.params) for item in member.items]
    return "(" + " ".join(items) + ")" + _write_params(member.params)


def _write_params(params: Params) -> str:
    return "".join(
        [f";{key}" if value is True else f";{key}={_write(value)}" for key, value in params.items()]
    )


def _write(value: Bare) -> str:
    if isinstance(value, bool):
        return "?1" if value else "?0"
    if isinstance(value, bytes):
        return ":" + base64.b64encode(value).decode() + ":"
    if isinstance(value, Token):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Decimal):
        # No -0.0: a sign is for what is less than zero (section 4.1.5).
        text = f"{value or Decimal('0.0'):f}".rstrip("0")
        return text + "0" if text.endswith(".") else text
    return str(value)
