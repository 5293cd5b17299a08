"""The text bank: one readable Markdown file for each domain; docs/bank-format.md describes it."""

from questions.formats.text_bank_reader import BankText, parse_bank_text, read_bank_text
from questions.formats.text_bank_writer import write_bank_text

__all__ = ["BankText", "parse_bank_text", "read_bank_text", "write_bank_text"]
