"""Every page of docs/verify, taken step by step."""

import shutil

import pytest

import page
from program import REPOSITORY, binary
from reader import Reader, environment

PAGES = REPOSITORY / "docs/verify"
# What the language of a page cannot do without. Proxies are marked in their pages, block
# by block, since all but them can be tried.
TOOLCHAINS = {
    "go.md": ["go"],
    "java.md": ["javac", "mvn"],
    "node.md": ["node", "npm"],
    "python.md": ["python3"],
    "rust.md": ["cargo"],
}
ALL = sorted(path.name for path in PAGES.glob("*.md") if path.name != "README.md")


def test_the_table_names_every_page():
    table = (PAGES / "README.md").read_text(encoding="utf-8")
    assert [name for name in ALL if f"]({name})" not in table] == []


@pytest.mark.parametrize("name", ALL)
def test_page(name, tmp_path):
    if missing := [program for program in TOOLCHAINS.get(name, []) if shutil.which(program) is None]:
        pytest.skip(f"{name}: {' and '.join(missing)} not installed")
    steps = page.steps((PAGES / name).read_text(encoding="utf-8"))
    shown = "".join(step.text for step in steps if step.action == "shows")
    assert "QuickstartKey" in shown or "hello" in shown, "a page shows a request that passes"
    assert "no_signature" in shown and "signature_differs" in shown, "and the reasons of two that do not"

    directory = tmp_path / "terminal"
    directory.mkdir()
    left_out = {}
    with Reader(directory, environment(REPOSITORY, binary(), tmp_path)) as reader:
        for step in steps:
            if step.needs and shutil.which(step.needs) is None:
                left_out.setdefault(step.needs, []).append(step.line)
            else:
                reader.take(step)
    if left_out:
        told = "; ".join(f"{program} is not installed: lines {lines} were left out" for program, lines in left_out.items())
        pytest.skip(f"{name}: {told}; all others passed")
