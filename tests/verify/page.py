"""Reads a page of docs/verify as the steps that a reader would take.

The info string of a fenced block says what to do with it:

    sh run              run it; it has to succeed
    text shows          what the command before has to print: a line `...` stands for any
                        lines, `...` within a line for any text
    sh start until=TEXT start it and leave it running; go on when it has printed TEXT
    sh start port=9000  the same; go on when the port takes connections
    python file=app.py  write it to this file

`needs=PROGRAM` on any of them leaves it out where the program is not installed. A block
without such a mark is there to be read only.
"""

import dataclasses
import re
import shlex

FENCE = re.compile(r"^```(\S+) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ACTIONS = ("run", "shows", "start", "file")
SETTINGS = ("until", "port", "needs")


@dataclasses.dataclass(frozen=True)
class Step:
    """One marked block, with the line of the page that it begins at."""

    action: str
    text: str
    line: int
    file: str = ""
    until: str = ""
    port: str = ""
    needs: str = ""


def steps(page):
    """The steps of a page's text, in order."""
    found = []
    for fence in FENCE.finditer(page):
        line = page.count("\n", 0, fence.start()) + 1
        if marks := shlex.split(fence[2]):
            found.append(_step(marks, fence[3], line))
    return found


def _step(marks, text, line):
    fields = {}
    for mark in marks:
        name, has_value, value = mark.partition("=")
        if name in ACTIONS and (name == "file") == bool(has_value) and "action" not in fields:
            fields["action"] = name
            if has_value:
                fields["file"] = value
        elif name in SETTINGS and value and name not in fields:
            fields[name] = value
        else:
            raise ValueError(f"line {line}: {mark!r} is no mark of a block")
    if "action" not in fields:
        raise ValueError(f"line {line}: nothing to do")
    if (fields["action"] == "start") != (("until" in fields) != ("port" in fields)):
        raise ValueError(f"line {line}: `start` takes one of until= and port=")
    return Step(text=text, line=line, **fields)


def shown(expected):
    """The pattern of an output that `expected` stands for."""
    pattern = ""
    for line in expected.splitlines():
        if line == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(part) for part in line.split("...")) + r"\n"
    return re.compile(pattern)
