"""Two versions of a question, field by field."""

from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext as _

from questions.content import Content
from questions.difference import Line, aligned, lines
from questions.models import LETTERS, Option, Prompt, QuestionVersion


@dataclass(frozen=True)
class Field:
    name: str
    lines: list[Line]

    @property
    def is_changed(self) -> bool:
        return any(line.state != "same" for line in self.lines)


def compared(old: Content, new: Content) -> list[Field]:
    """Every field that either version has, in the order in which a question is read."""
    fields = [
        _field(_("Kind"), _kind(old), _kind(new)),
        _field(_("Stem"), old.version.stem, new.version.stem),
        *_prompts(old, new),
        *_options(old, new),
        _field(_("Key"), _key(old.version), _key(new.version)),
        _field(_("Explanation"), old.version.explanation, new.version.explanation),
        _field(_("References"), _references(old.version), _references(new.version)),
        _field(_("Images"), _images(old), _images(new)),
    ]
    return [field for field in fields if field.lines]


def _field(name: str, old: str, new: str) -> Field:
    return Field(name, lines(old, new))


def _kind(content: Content) -> str:
    return content.version.get_kind_display()


def _key(version: QuestionVersion) -> str:
    """The key as written, and under it the one that replaced it."""
    letters = [", ".join(version.key)]
    if version.corrected_key:
        key = ", ".join(version.corrected_key)
        letters.append(_("corrected to %(key)s") % {"key": key})
    return "\n".join(letters)


def _references(version: QuestionVersion) -> str:
    return "\n".join(f"{each['title']} <{each['url']}>" for each in version.references)


def _images(content: Content) -> str:
    """A picture that was drawn anew under its old name shows by its digest."""
    return "\n".join(
        f"{name} ({sha256(image).hexdigest()[:8]})" for name, image in content.images.items()
    )


def _options(old: Content, new: Content) -> list[Field]:
    fields = []
    for before, after in aligned(old.options, new.options, same=lambda row: row.text):
        name = _named(_("Option %(place)s"), _letter(before), _letter(after))
        fields += [
            _field(name, _option(before), _option(after)),
            _field(_("%(name)s: rationale") % {"name": name}, _why(before), _why(after)),
        ]
    return fields


def _prompts(old: Content, new: Content) -> list[Field]:
    fields = []
    for before, after in aligned(old.prompts, new.prompts, same=lambda row: row.text):
        name = _named(_("Prompt %(place)s"), _number(before), _number(after))
        fields += [
            _field(name, before.text if before else "", after.text if after else ""),
            _field(_("%(name)s: rationale") % {"name": name}, _why(before), _why(after)),
        ]
    return fields


def _named(name: str, old: str, new: str) -> str:
    """The place of a row, or both where it moved."""
    place = f"{old} \N{RIGHTWARDS ARROW} {new}" if old and new and old != new else old or new
    return name % {"place": place}


def _letter(option: Option | None) -> str:
    return LETTERS[option.position] if option else ""


def _number(prompt: Prompt | None) -> str:
    return str(prompt.position + 1) if prompt else ""


def _option(option: Option | None) -> str:
    if option is None:
        return ""
    return option.text + ("\n" + _("(keeps its place)") if option.is_fixed else "")


def _why(row: Option | Prompt | None) -> str:
    return row.rationale if row else ""
