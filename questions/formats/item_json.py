"""An item as JSON, for the rows that wait between reading a file and writing the bank."""

from base64 import b64decode, b64encode
from dataclasses import asdict
from datetime import date
from typing import Any

from questions.formats.item import Item, ItemImage, ItemOption, ItemPrompt


def to_json(item: Item) -> dict[str, Any]:
    """Plain JSON, images in Base64; `from_json` makes an equal item of it."""
    values = asdict(item)
    values["verified"] = item.verified.isoformat() if item.verified else None
    values["images"] = [[each.name, b64encode(each.content).decode()] for each in item.images]
    return values


def from_json(values: dict[str, Any]) -> Item:
    verified = values["verified"]
    return Item(
        **values
        | {
            "options": tuple(ItemOption(**each) for each in values["options"]),
            "prompts": tuple(ItemPrompt(**each) for each in values["prompts"]),
            "references": tuple((title, url) for title, url in values["references"]),
            "services": tuple(values["services"]),
            "verified": date.fromisoformat(verified) if verified else None,
            "images": tuple(ItemImage(name, b64decode(data)) for name, data in values["images"]),
        }
    )
