"""QTI 2.1, 2.2 and 3.0, items alone or in a package: reading and writing."""

from dataclasses import replace

from questions.formats.choices import clean_tags, note_repeated_ids, task_of
from questions.formats.hostile import check_count
from questions.formats.item import Item
from questions.formats.parsed import (
    Code,
    FileRefusedError,
    Note,
    Parsed,
    ParsedItem,
    Remarks,
    SkippedError,
)
from questions.formats.qti_package import MAGIC, Package, Resource, open_package, resources_of
from questions.formats.qti_reader import place_of, read_item, read_root
from questions.formats.qti_writer import unsupported, write

__all__ = ["parse", "unsupported", "write"]

MAX_SHOWN = 5  # names in one warning


def parse(data: bytes, *, file: str, encoding: str | None = None) -> Parsed:
    """Every item of a package (zip), or the one item of an XML file.

    `encoding` is meant for an XML file that declares none or the wrong one. Raises
    FileRefusedError for what is neither, and for what is unsafe or too big.
    """
    if data.startswith(MAGIC):
        return _parse_package(open_package(data, file=file))
    parsed = Parsed()
    root = read_root(data, file=file, encoding=encoding)
    remarks = Remarks(file, place_of(root))
    try:
        parsed.items.append(read_item(root, remarks))
    except SkippedError as error:
        parsed.skipped.append(Note(file, remarks.place, error.code, error.message))
    return parsed


def _parse_package(package: Package) -> Parsed:
    resources, manifest, oddity = resources_of(package)
    check_count(len(resources), file=package.file)
    parsed = Parsed()
    if oddity:
        code = Code.PATH_CHANGED if manifest else Code.NO_MANIFEST
        parsed.warnings.append(Note(package.file, "", code, oddity))
    found: list[tuple[Item, Remarks]] = []
    for resource in resources:
        _take(package, manifest, resource, parsed, found)
    note_repeated_ids(found)
    _warn_of_archives(package, parsed)
    return parsed


def _take(
    package: Package,
    manifest: str,
    resource: Resource,
    parsed: Parsed,
    found: list[tuple[Item, Remarks]],
) -> None:
    path, is_exact = package.path_of(resource.href, manifest)
    remarks = Remarks(package.file, path or resource.href[:200] or resource.identifier[:80])
    try:
        each = _read(package, path, resource, remarks)
    except SkippedError as error:
        note = Note(package.file, remarks.place, error.code, error.message)
        parsed.skipped.append(note)
        return
    if each is None:
        return
    if not is_exact:
        remarks.add(Code.PATH_CHANGED, f"{resource.href[:100]!r} is read from {path!r}")
    found.append((each.item, remarks))
    parsed.items.append(each)


def _read(package: Package, path: str, resource: Resource, remarks: Remarks) -> ParsedItem | None:
    """Raises SkippedError, also for a file that is no item; None if nobody said it is one."""
    if not path:
        message = f"the manifest names {resource.href[:100]!r}, which is not in the package"
        raise SkippedError(Code.FILE_MISSING, message)
    content = package.read(path)
    try:
        root = read_root(content, file=path)
    except FileRefusedError as error:
        if error.note.code == Code.NOT_THIS_FORMAT and not resource.identifier:
            return None
        where = f"{error.note.place}: " if error.note.place else ""
        raise SkippedError(error.note.code, where + error.note.message) from error
    remarks.place = place_of(root, path)
    each = read_item(root, remarks, path=path, find=package.find)
    item = replace(
        each.item,
        task=next(filter(None, map(task_of, resource.taxons)), ""),
        services=clean_tags(resource.subjects, remarks),
    )
    return replace(each, item=item)


def _warn_of_archives(package: Package, parsed: Parsed) -> None:
    if archives := package.archives:
        names = ", ".join(map(repr, archives[:MAX_SHOWN]))
        more = f" and {len(archives) - MAX_SHOWN} more" if len(archives) > MAX_SHOWN else ""
        message = f"archives inside it are not opened: {names}{more}"
        parsed.warnings.append(Note(package.file, "", Code.FILE_DROPPED, message))
