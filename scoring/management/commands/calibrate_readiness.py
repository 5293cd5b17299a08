"""Simulates candidates and writes docs/readiness.md: how far the forecast keeps its word."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string

from scoring.calibration import BIN_COUNT, Bin, Calibration, World, odds, simulate, worlds

DOCS = Path(__file__).resolve().parents[3] / "docs"
SIDE, EDGE = 360, 48  # of the picture, in pixels
SHIFTS = (
    (0.0, "as hard as practice"),
    (0.29, "80% becomes 75%"),
    (0.63, "15% harder: 80% becomes 68%"),
    (0.77, "15 points harder: 80% becomes 65%"),
)


class Command(BaseCommand):
    help = "Simulate candidates and write docs/readiness.md with its picture."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--candidates", type=int, default=10_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--into", type=Path, default=DOCS, help="the folder to write to")
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail if the page would change"
        )

    def handle(
        self, *, candidates: int, seed: int, into: Path, check: bool, **_options: Any
    ) -> None:
        rows = [
            (name, simulate(world, candidates, np.random.default_rng(seed)))
            for name, world in worlds()
        ]
        for name, found in rows:
            self.stdout.write(line(name, found))
        texts = texts_of(rows, candidates, seed)
        if not check:
            for name, text in texts.items():
                into.joinpath(name).write_text(text)
        elif stale := [name for name, text in texts.items() if not is_same(into / name, text)]:
            self.stderr.write(f"{', '.join(stale)} in {into} would change")
            sys.exit(1)


def texts_of(rows: Sequence[tuple[str, Calibration]], candidates: int, seed: int) -> dict[str, str]:
    """The page and its picture by file name."""
    usual = simulate(World(), candidates, np.random.default_rng(seed))
    shifts = [
        {"delta": delta, "words": words, "at_75": odds(0.75, delta), "at_80": odds(0.8, delta)}
        for delta, words in SHIFTS
    ]
    context = {
        "rows": rows,
        "candidates": candidates,
        "seed": seed,
        "usual": usual,
        "shifts": shifts,
    }
    return {
        "readiness.md": render_to_string("scoring/calibration/readiness.md", context),
        "readiness.svg": render_to_string("scoring/calibration/reliability.svg", picture_of(usual)),
    }


def is_same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


def line(name: str, found: Calibration) -> str:
    return f"{name}: Brier {found.brier:.3f}, ECE {found.error:.3f}, slope {found.slope:.2f}"


def picture_of(found: Calibration) -> dict[str, Any]:
    """Where the points of the reliability picture stand, in pixels."""
    most = max(one.count for one in found.bins)
    return {
        "side": SIDE,
        "edge": EDGE,
        "whole": SIDE + 2 * EDGE,
        "ticks": [
            {"at": EDGE + SIDE * n // 5, "up": EDGE + SIDE - SIDE * n // 5, "text": f"{20 * n} %"}
            for n in range(6)
        ],
        "points": [point_of(one, most) for one in found.bins],
        "bin_count": BIN_COUNT,
    }


def point_of(one: Bin, most: int) -> dict[str, Any]:
    """A circle whose area is the count, with the count beside it: inside the frame."""
    x, y = EDGE + SIDE * one.forecast, EDGE + SIDE * (1 - one.passed)
    radius = 3 + 9 * (one.count / most) ** 0.5
    is_left = one.forecast > 0.5
    return {
        "x": round(x, 1),
        "y": round(y, 1),
        "r": round(radius, 1),
        "label_x": round(x + (radius + 4) * (-1 if is_left else 1), 1),
        "label_y": round(y + 4, 1),
        "anchor": "end" if is_left else "start",
        "count": one.count,
    }
