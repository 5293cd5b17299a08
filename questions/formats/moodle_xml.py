"""Moodle XML, what Moodle itself exports and imports: reading and writing."""

from questions.formats.moodle_reader import parse
from questions.formats.moodle_writer import unsupported, write

__all__ = ["parse", "unsupported", "write"]
