"""Simulates candidates and writes docs/readiness.md: how far the forecast keeps its word."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string

from scoring.calibration import BIN_COUNT, Calibration, World, simulate, worlds

DOCS = Path(__file__).resolve().parents[3] / "docs"
SIDE, EDGE = 360, 48  # of the picture, in pixels


class Command(BaseCommand):
    help = "Simulate candidates and write docs/readiness.md with its picture."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--candidates", type=int, default=10_000)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--into", type=Path, default=DOCS, help="the folder to write to")

    def handle(self, *, candidates: int, seed: int, into: Path, **options: Any) -> None:
        found = [
            (name, simulate(world, candidates, np.random.default_rng(seed)))
            for name, world in worlds()
        ]
        usual = simulate(World(), candidates, np.random.default_rng(seed))
        context = {"rows": found, "candidates": candidates, "seed": seed, "usual": usual}
        page = render_to_string("scoring/calibration/readiness.md", context)
        into.joinpath("readiness.md").write_text(page)
        picture = render_to_string("scoring/calibration/reliability.svg", picture_of(usual))
        into.joinpath("readiness.svg").write_text(picture)
        for name, one in found:
            self.stdout.write(line(name, one))


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
        "points": [
            {
                "x": round(EDGE + SIDE * one.forecast, 1),
                "y": round(EDGE + SIDE * (1 - one.passed), 1),
                "r": round(3 + 9 * (one.count / most) ** 0.5, 1),
                "count": one.count,
            }
            for one in found.bins
        ],
        "bin_count": BIN_COUNT,
    }
