"""The reader of pages itself: what it takes, and that it can say no."""

import pytest

import page


def test_marked_blocks_are_steps_and_others_are_not():
    text = (
        "# T\n\n```sh run\necho a\n```\n```text shows\na\n```\n```sh\nrm -r /\n```\n"
        "```sh start until='it is ready' needs=nginx\nserve\n```\n```toml file=a.toml\nx = 1\n```\n"
    )
    assert page.steps(text) == [
        page.Step("run", "echo a\n", 3),
        page.Step("shows", "a\n", 6),
        page.Step("start", "serve\n", 12, until="it is ready", needs="nginx"),
        page.Step("file", "x = 1\n", 15, file="a.toml"),
    ]


@pytest.mark.parametrize(
    "marks",
    ["sh runs", "sh run start port=1", "sh start", "sh start port=1 until=x", "sh run port=1", "sh file", "sh needs=x"],
)
def test_a_mark_that_is_none_is_refused(marks):
    with pytest.raises(ValueError, match="line 1"):
        page.steps(f"```{marks}\nx\n```\n")


@pytest.mark.parametrize(
    ("expected", "output", "fits"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("a\n", "a\nb\n", False),
        ("a\n...\n", "a\nb\nc\n", True),
        ("...\nc\n", "a\nb\nc\n", True),
        ("a\n...\nd\n", "a\nb\nc\n", False),
        ('{"k":"..."}\n', '{"k":"x.y"}\n', True),
        ("a.c\n", "abc\n", False),
    ],
)
def test_what_is_shown_has_to_be_printed(expected, output, fits):
    assert (page.shown(expected).fullmatch(output) is not None) == fits
