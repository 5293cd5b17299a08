import stat
import struct
import time
import tracemalloc
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest

from questions.formats import qti_package
from questions.formats.item import ItemImage
from questions.formats.parsed import Code, FileRefusedError, Note, Parsed
from questions.formats.qti import parse
from tests.questions.formats.pictures import JPEG, PNG, SVG
from tests.questions.formats.qti_files import STEM, choice, manifest, qti, zipped

ITEM = qti()
PICTURE = qti(body=f'<p><img src="images/A%20b.png" alt="A pump"/></p>{STEM}{choice()}')


def package(files: Mapping[str, bytes | str], *hrefs: str) -> bytes:
    return zipped({"imsmanifest.xml": manifest(*hrefs or ("item.xml",)), **files})


def read(data: bytes) -> Parsed:
    return parse(data, file="a.zip")


def refusal(data: bytes) -> Note:
    with pytest.raises(FileRefusedError) as refused:
        read(data)
    assert refused.value.note.file.startswith("a.zip")
    return refused.value.note


def test_items_are_those_of_the_manifest_in_its_order() -> None:
    files = {"b/two.xml": ITEM.replace(b"metal-1", b"metal-2"), "one.xml": ITEM, "three.xml": ITEM}
    parsed = read(zipped({"imsmanifest.xml": manifest("b/two.xml", "one.xml"), **files}))
    assert [(each.place, each.item.external_id) for each in parsed.items] == [
        ("b/two.xml (metal-2)", "metal-2"),
        ("one.xml (metal-1)", "metal-1"),
    ]
    assert (parsed.skipped, parsed.warnings) == ([], [])


def test_tests_and_other_resources_are_passed_over() -> None:
    text = manifest("item.xml").replace(
        "</resources>", '<resource type="imsqti_test_xmlv2p2" href="test.xml"/></resources>'
    )
    parsed = read(zipped({"imsmanifest.xml": text, "item.xml": ITEM, "test.xml": "<x/>"}))
    assert (len(parsed.items), parsed.skipped) == (1, [])


@pytest.mark.parametrize(
    ("href", "path"),
    [
        ("Item.xml", "item.XML"),
        ("/items/item.xml", "items/item.xml"),
        ("items\\item.xml", "items/item.XML"),
        ("./items/../item.xml", "Item.xml"),
    ],
)
def test_wrong_references_are_resolved_and_noted(href: str, path: str) -> None:
    parsed = read(zipped({"imsmanifest.xml": manifest(href), path: ITEM}))
    assert [note.code for each in parsed.items for note in each.notes] == [Code.PATH_CHANGED]


@pytest.mark.parametrize(
    "href", ["none.xml", "", "../item.xml", "https://a.b/item.xml", "http://["]
)
def test_an_item_that_is_not_there_is_skipped(href: str) -> None:
    parsed = read(package({"other.xml": ITEM}, href))
    assert (parsed.items, [note.code for note in parsed.skipped]) == ([], [Code.FILE_MISSING])


def test_without_a_manifest_every_item_is_read() -> None:
    parsed = read(zipped({"b.xml": ITEM, "a.xml": b"<assessmentTest/>", "c.txt": b"c"}))
    assert ([each.place for each in parsed.items], parsed.skipped) == (["b.xml (metal-1)"], [])
    assert [note.code for note in parsed.warnings] == [Code.NO_MANIFEST]


def test_a_manifest_in_a_folder_is_found() -> None:
    parsed = read(zipped({"my/imsManifest.xml": manifest("item.xml"), "my/item.xml": ITEM}))
    assert [each.place for each in parsed.items] == ["my/item.xml (metal-1)"]
    assert [note.code for note in parsed.warnings] == [Code.PATH_CHANGED]


def test_keywords_are_services_and_a_taxon_may_be_the_task() -> None:
    metadata = (
        '<metadata><lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><keyword><string>Amazon S3'
        "</string></keyword></general><classification><taxonPath><source><string>X</string>"
        "</source><taxon><id>2.3</id></taxon></taxonPath></classification></lom></metadata>"
    )
    parsed = read(zipped({"imsmanifest.xml": manifest("i.xml", metadata=metadata), "i.xml": ITEM}))
    assert (parsed.items[0].item.services, parsed.items[0].item.task) == (("Amazon S3",), "2.3")


@pytest.mark.parametrize("path", ["q/images/A b.png", "q/Images/a B.PNG"])
def test_images_come_along_from_beside_the_item(path: str) -> None:
    parsed = read(zipped({"imsmanifest.xml": manifest("q/i.xml"), "q/i.xml": PICTURE, path: PNG}))
    name = "A-b" if "A b" in path else "a-B"
    item = parsed.items[0].item
    assert item.stem.startswith(f"![A pump](images/{name}.png)")
    assert item.images == (ItemImage(f"images/{name}.png", PNG),)


def image_codes(body: str, files: Mapping[str, bytes | str]) -> list[str]:
    parsed = read(package({"item.xml": qti(body=body + STEM + choice()), **files}))
    return [note.code for note in parsed.items[0].notes]


def test_objects_are_images_too() -> None:
    body = '<p><object data="pump.jpg" type="image/jpeg"><p>A pump</p></object></p>'
    parsed = read(package({"item.xml": qti(body=body + STEM + choice()), "pump.jpg": JPEG}))
    assert parsed.items[0].item.images == (ItemImage("images/pump.jpg", JPEG),)
    assert parsed.items[0].item.stem.startswith("![A pump](images/pump.jpg)")


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("none.png", Code.IMAGE_MISSING),
        ("../../etc/passwd", Code.IMAGE_MISSING),
        ("file:///etc/passwd", Code.IMAGE_MISSING),
        ("javascript:alert(1)", Code.IMAGE_MISSING),
        ("deep.zip", Code.IMAGE_MISSING),
        ("image.svg", Code.IMAGE_REFUSED),
        ("script.png", Code.IMAGE_REFUSED),
        ("https://a.b/c.png", Code.IMAGE_REMOTE),
        ("data:image/png;base64,AAAA", Code.IMAGE_REFUSED),
    ],
)
def test_images_that_cannot_be_had_are_noted(source: str, code: str) -> None:
    files = {"image.svg": SVG, "script.png": b"<script>", "deep.zip": PNG}
    assert image_codes(f'<p><img src="{source}" alt="A"/></p>', files) == [code]


def test_a_shared_text_stands_before_the_stem() -> None:
    stimulus = (
        "<assessmentStimulus><stimulusBody><p>The tale.</p><p><img src='a.png' alt='A'/></p>"
        "</stimulusBody></assessmentStimulus>"
    )
    item = qti(more='<assessmentStimulusRef href="texts/tale.xml"/>')
    parsed = read(package({"item.xml": item, "texts/tale.xml": stimulus, "texts/a.png": PNG}))
    assert parsed.items[0].item.stem == (
        "The tale.\n\n![A](images/a.png)\n\nWhich metal **rusts**?"
    )


def test_a_bad_item_does_not_stop_the_others() -> None:
    files = {"a.xml": b"<assessmentItem>", "b.xml": b"<!DOCTYPE x><x/>", "c.xml": ITEM}
    parsed = read(package(files, "a.xml", "b.xml", "c.xml"))
    assert [note.code for note in parsed.skipped] == [Code.MALFORMED, Code.DOCTYPE]
    assert [each.place for each in parsed.items] == ["c.xml (metal-1)"]


# Hostile packages


def with_entry(info: ZipInfo, content: bytes = ITEM) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("imsmanifest.xml", manifest("item.xml"))
        archive.writestr(info, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../item.xml",
        "a/../../item.xml",
        "..\\item.xml",
        "C:\\item.xml",
        "\\item.xml",
    ],
)
def test_paths_that_lead_out_are_refused(path: str) -> None:
    assert refusal(with_entry(ZipInfo(path))).code == Code.UNSAFE_ARCHIVE


def test_an_entry_without_a_name_is_refused() -> None:
    assert refusal(with_entry(ZipInfo(""))).code == Code.UNSAFE_ARCHIVE


def test_links_and_unusual_methods_are_refused() -> None:
    link = ZipInfo("item.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed = ZipInfo("item.xml")
    packed.compress_type = ZIP_BZIP2
    assert refusal(with_entry(link)).code == Code.UNSAFE_ARCHIVE
    assert refusal(with_entry(packed)).code == Code.UNSAFE_ARCHIVE
    assert refusal(with_entry(ZipInfo("x" * 600))).code == Code.UNSAFE_ARCHIVE


def test_encrypted_packages_are_refused() -> None:
    data = bytearray(package({"item.xml": ITEM}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    assert refusal(bytes(data)).code == Code.UNSAFE_ARCHIVE


def test_archives_inside_are_never_opened() -> None:
    parsed = read(package({"item.xml": ITEM, "more.zip": package({"item.xml": ITEM})}))
    assert (len(parsed.items), [note.code for note in parsed.warnings]) == (1, [Code.FILE_DROPPED])


def test_a_bomb_by_ratio_is_refused_before_it_is_unpacked() -> None:
    started = time.perf_counter()
    tracemalloc.start()
    data = package({"item.xml": ITEM, "zeros.png": bytes(20_000_000)})
    tracemalloc.reset_peak()
    assert refusal(data).code == Code.UNSAFE_ARCHIVE
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()
    assert time.perf_counter() - started < 5


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qti_package, "MAX_TOTAL", 2000)
    assert refusal(package({"item.xml": ITEM, "a.png": bytes(1500)})).code == Code.TOO_BIG


def test_a_size_that_lies_does_not_help(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(package({"item.xml": ITEM + b" " * 100_000}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    assert refusal(bytes(data)).code == Code.MALFORMED


def test_too_many_files_are_refused_before_any_is_looked_at() -> None:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_STORED) as archive:
        archive.writestr("imsmanifest.xml", manifest("item.xml"))
    data = stream.getvalue() + b"PK\x01\x02" * (qti_package.MAX_ENTRIES + 1)
    assert refusal(data).code == Code.TOO_MANY


def test_too_many_tags_in_all_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qti_package, "MAX_MARKUP", 100)
    files = {f"{n}.xml": ITEM for n in range(5)}
    assert refusal(package(files, *files)).code == Code.TOO_BIG


def test_one_image_in_many_items_is_unpacked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qti_package, "MAX_TOTAL", 80_000)
    files = {f"{n}.xml": PICTURE for n in range(20)}
    image = PNG.ljust(50_000, b"\0")
    parsed = read(package({**files, "images/A b.png": image}, *files))
    assert len(parsed.items) == 20


BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<assessmentItem>&b;</assessmentItem>"
)
DEEP = qti(body="<div>" * 5000 + "</div>" * 5000 + STEM + choice())


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (BOMB, Code.DOCTYPE),
        (b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><assessmentItem/>', Code.DOCTYPE),
        (qti(body=f"<p>&bomb;</p>{choice()}"), Code.MALFORMED),
        (DEEP, Code.TOO_BIG),
        (qti(attributes=f'class="{"x" * 11_000_000}"'), Code.TOO_BIG),
        (qti(body="<p/>" * 2_100_000), Code.TOO_BIG),
        (qti(body="<p/>" * 20_001), Code.TOO_BIG),
    ],
    ids=["entities", "dtd", "undefined", "deep", "attribute", "tags", "elements"],
)
def test_hostile_items_are_refused_alone_and_skipped_in_a_package(data: bytes, code: str) -> None:
    started = time.perf_counter()
    with pytest.raises(FileRefusedError) as refused:
        parse(data, file="a.xml")
    assert refused.value.note.code == code
    if len(data) < 1_000_000:
        assert [note.code for note in read(package({"item.xml": data})).skipped] == [code]
    assert time.perf_counter() - started < 10


def test_a_hostile_manifest_is_refused() -> None:
    assert refusal(zipped({"imsmanifest.xml": BOMB, "item.xml": ITEM})).code == Code.DOCTYPE


def test_a_damaged_file_in_a_package_is_named() -> None:
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        archive.writestr("imsmanifest.xml", manifest("item.xml"))
        archive.writestr("item.xml", ITEM)
    data = bytearray(stream.getvalue())
    at = data.index(b"item.xml", data.index(b"PK\x03\x04", 10)) + 8
    data[at : at + 40] = b"\xff" * 40
    note = refusal(bytes(data))
    assert (note.code, note.message) == (Code.MALFORMED, "'item.xml' in it is damaged")
