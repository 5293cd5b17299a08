"""Loading the guide of a certification: only what the database has none of, so that edits stay."""

from dataclasses import asdict
from typing import Any

from questions.formats.outline import OutlineGuide
from questions.models import Certification, Resource


def load_guide(certification: Certification, guide: OutlineGuide) -> None:
    """Fill in each text and figure that is empty, and the resources where there are none at all.

    One statement where everything is there already, three at the most.
    """
    texts = asdict(guide)
    resources = texts.pop("resources")
    lacking = {
        name: value for name, value in texts.items() if is_lacking(getattr(certification, name))
    }
    write(certification, {name: value for name, value in lacking.items() if not is_lacking(value)})
    if resources and not certification.resources.exists():
        Resource.objects.bulk_create(
            Resource(certification=certification, position=place, **resource)
            for place, resource in enumerate(resources, start=1)
        )


def write(certification: Certification, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(certification, name, list(value) if isinstance(value, tuple) else value)
    if values:
        certification.save(update_fields=list(values))


def is_lacking(value: Any) -> bool:
    """An empty text or list, or no number; 0 is one."""
    return value is None or value in ("", [], ())
