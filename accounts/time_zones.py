"""The time zones a person may choose from."""

import functools
import zoneinfo
from collections.abc import Iterator

REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)

Choice = tuple[str, str]
Group = tuple[str, list[Choice]]


@functools.cache
def names() -> frozenset[str]:
    """Every zone of the IANA database, old names included: browsers still report those."""
    return frozenset(zoneinfo.available_timezones())


def choices(current: str = "UTC") -> list[Choice | Group]:
    """UTC, `current` when no region holds it, then each region with its places, for a select."""
    alone = [name for name in dict.fromkeys(["UTC", current]) if region_of(name) not in REGIONS]
    return [*((name, name) for name in alone), *_groups()]


def region_of(name: str) -> str:
    return name.partition("/")[0]


@functools.cache
def _groups() -> tuple[Group, ...]:
    return tuple((region, list(_places(region))) for region in REGIONS)


def _places(region: str) -> Iterator[Choice]:
    for name in sorted(names()):
        if region_of(name) == region and "/" in name:
            yield name, name.partition("/")[2].replace("/", " / ").replace("_", " ")
