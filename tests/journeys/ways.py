"""What a sight is, and the plainest way to one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

Scene = dict[str, Any]
Way = Callable[[Page, Scene], None]


@dataclass(frozen=True)
class Sight:
    name: str
    who: str  # guest, candidate, sitter, author or staff
    go: Way


def visit(path: str) -> Way:
    """Go to an address; `{name}` in it stands for a part of the scene."""

    def go(page: Page, scene: Scene) -> None:
        page.goto(path.format(**scene))

    return go
