"""GIFT, the text format of Moodle: reading and writing."""

from questions.formats.gift_reader import parse
from questions.formats.gift_writer import unsupported, write

__all__ = ["parse", "unsupported", "write"]
