"""Two texts side by side, as a table of cases."""

import pytest

from questions.difference import MAX_WORDS, Line, aligned, lines


def told(line: Line) -> tuple[str | None, str | None]:
    """A line with what changed in brackets."""
    return tuple(
        None
        if side is None
        else "".join(f"[{piece.text}]" if piece.is_changed else piece.text for piece in side)
        for side in (line.old, line.new)
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("same", "same", [("same", "same")]),
        ("", "new", [(None, "[new]")]),
        ("old", "", [("[old]", None)]),
        ("one two three", "one 2 three", [("one [two] three", "one [2] three")]),
        ("a b", "a b c", [("a b", "a b[ c]")]),
        ("quite another", "nothing alike", [("[quite another]", None), (None, "[nothing alike]")]),
        ("keep\ngone", "keep", [("keep", "keep"), ("[gone]", None)]),
        ("keep", "first\nkeep", [(None, "[first]"), ("keep", "keep")]),
        ("B", "C", [("[B]", None), (None, "[C]")]),
    ],
)
def test_lines(old: str, new: str, expected: list[tuple[str | None, str | None]]) -> None:
    assert [told(line) for line in lines(old, new)] == expected


@pytest.mark.parametrize(
    ("old", "new", "state"),
    [("x", "x", "same"), ("x y", "x z", "changed"), ("", "x", "added"), ("x", "", "removed")],
)
def test_states(old: str, new: str, state: str) -> None:
    assert [line.state for line in lines(old, new)] == [state]


def test_a_line_too_long_is_compared_as_a_whole() -> None:
    old, new = "a " * MAX_WORDS, "a " * MAX_WORDS + "b"
    assert [line.state for line in lines(old, new)] == ["removed", "added"]


def test_rows_are_paired_around_those_that_are_equal() -> None:
    pairs = aligned(["a", "b", "c"], ["x", "a", "d", "c"], same=str)
    assert list(pairs) == [(None, "x"), ("a", "a"), ("b", "d"), ("c", "c")]
