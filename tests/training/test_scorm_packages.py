"""What SCORM packages are taken in, and what is said to those that are not."""

import io
import stat
import struct
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from tests.training.scorm_packages import item, manifest, package, resource, upload, zipped
from training.scorm_archive import Entry, pieces, read_package
from training.scorm_flaws import sentence
from training.scorm_manifest import FlawError, Item, read_manifest


def said(content: dict[str, Any] | bytes) -> list[str]:
    """What is said to a package."""
    with pytest.raises(FlawError) as caught:
        read_package(io.BytesIO(content if isinstance(content, bytes) else zipped(content)))
    return [sentence(flaw) for flaw in caught.value.flaws]


@pytest.mark.parametrize("version", ["1.2", "2004"])
def test_a_package_is_read_with_its_activities_and_files(version: str) -> None:
    found = read_package(
        io.BytesIO(zipped(package(version, 2, **{"__MACOSX/x": "", "a/.DS_Store": "", "Thumbs.db": ""})))
    )
    assert (found.manifest.version, found.manifest.title) == (version, "A package")
    assert [(each.title, each.launch, each.is_sco) for each in found.manifest.items] == [
        ("Part 1", "part1/index.html", True),
        ("Part 2", "part2/index.html", True),
    ]
    assert {each.path: each.content_type for each in found.entries} == {
        "imsmanifest.xml": "application/xml",
        "shared/look.css": "text/css",
        "part1/index.html": "text/html",
        "part2/index.html": "text/html",
    }


def test_headings_parameters_bases_and_marks_are_read() -> None:
    items = (
        '<item identifier="H"><title>Basics</title>'
        + item(1, more="<adlcp:masteryscore>80</adlcp:masteryscore><adlcp:datafromlms>x=1</adlcp:datafromlms>",
               attributes='parameters="?page=2"')
        + item(2, attributes='isvisible="false" parameters="#end"')
        + "</item>"
    )  # fmt: skip
    resources = resource("1.2", 1, "한글 1.html?lang=ko#top").replace(
        "<resource", '<resource xml:base="a/"'
    ) + resource("1.2", 2, "b%20c.html", "asset")
    read = read_manifest(manifest("1.2", items, resources).encode(), ["a/한글 1.html", "b c.html"])
    assert read.items == (
        Item("H", "Basics", 0),
        Item(
            "I1", "Part 1", 1, "a/%ED%95%9C%EA%B8%80%201.html?lang=ko&page=2#top", True,
            given={"launch_data": "x=1", "mastery_score": "80"},
        ),
        Item("I2", "Part 2", 1, "b%20c.html#end", False, False),
    )  # fmt: skip


def test_the_mark_to_pass_of_scorm_2004_comes_from_its_primary_objective() -> None:
    marks = (
        "<imsss:sequencing><imsss:objectives><imsss:primaryObjective satisfiedByMeasure='true'>"
        "<imsss:minNormalizedMeasure>0.7</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives>"
        "</imsss:sequencing><adlcp:completionThreshold minProgressMeasure='0.5'/>"
    )
    read = read_manifest(manifest("2004", item(1, more=marks), resource("2004", 1)).encode(), ["part1/index.html"])
    assert read.items[0].given == {"scaled_passing_score": "0.7", "completion_threshold": "0.5"}


@pytest.mark.parametrize("encoding", ["euc-kr", "shift_jis", "utf-16"])
def test_manifests_in_the_encodings_of_korea_and_japan_are_read(encoding: str) -> None:
    title = {"euc-kr": "똠방 안전", "shift_jis": "①安全"}.get(encoding, "안전")
    text = manifest("1.2", item(1), resource("1.2", 1)).replace("A package", title).replace("UTF-8", encoding)
    data = text.encode({"euc-kr": "cp949", "shift_jis": "cp932"}.get(encoding, encoding))
    assert read_manifest(data, ["part1/index.html"]).title == title


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("<manifest><a></manifest>", ["Its “imsmanifest.xml” cannot be read: look at line 1."]),
        ("<course/>", ["There is no “imsmanifest.xml” in it, so this is no SCORM package."]),
        (
            manifest("1.2", item(1), resource("1.2", 1), head='<!DOCTYPE x [<!ENTITY a "b">]>'),
            ["Its “imsmanifest.xml” declares types or entities (DOCTYPE). Take these lines out."],
        ),
        (
            manifest("1.2", item(1), resource("1.2", 1), schema="AICC").replace("adlcp_rootv1p2", "other"),
            ["It does not say that it is SCORM 1.2 or SCORM 2004 (it says “AICC”). Export it as one of these."],
        ),
        (
            manifest("1.2", item(1), resource("1.2", 1) + "<manifest/>"),
            ["Its manifest has another manifest inside. Export each part as a package of its own."],
        ),
        (manifest("1.2", "", ""), ["Its manifest names nothing to play. Export the package anew."]),
        (
            manifest("1.2", item(1) + item(2), resource("1.2", 2, "https://elsewhere.example/x.html")),
            [
                "“Part 1” refers to “R1”, which its manifest does not have.",
                "“Part 2” opens “https://elsewhere.example/x.html”, which lies outside of the package.",
            ],
        ),
        (
            manifest("1.2", item(1) + item(2), resource("1.2", 1, "../../etc/passwd") + resource("1.2", 2, "Part1/Index.html")),
            [
                "“Part 1” opens “../../etc/passwd”, which is not in the package.",
                ("“Part 2” opens “Part1/Index.html”, but the file is called “part1/index.html”:"
                " make capitals and small letters the same."),
            ],
        ),
        (
            manifest("1.2", item(1) * 501, resource("1.2", 1)),
            ["Its manifest has more than 500 items, or items too deep. Divide the package."],
        ),
    ],
)  # fmt: skip
def test_a_broken_manifest_gets_a_sentence(text: str, sentences: list[str]) -> None:
    assert said(package(**{"imsmanifest.xml": text})) == sentences


def test_a_manifest_in_an_encoding_of_host_names_is_refused_unread() -> None:
    text = f"<?xml version='1.0' encoding='punycode'?>{'a' * 1024 * 1024}-{'b' * 1024 * 1024}"
    assert said(package(**{"imsmanifest.xml": text})) == [
        "Its “imsmanifest.xml” is not written in punycode, as it says. Save it as UTF-8."
    ]


def test_a_manifest_that_is_not_written_as_it_says_gets_a_sentence() -> None:
    text = manifest("1.2", item(1), resource("1.2", 1)).replace("A package", "안전").encode("cp949")
    assert said(package(**{"imsmanifest.xml": text})) == [
        "Its “imsmanifest.xml” is not written in utf-8, as it says. Save it as UTF-8."
    ]


def test_a_manifest_that_is_not_at_the_top_gets_a_sentence() -> None:
    inside = {f"course/{name}": content for name, content in package().items()}
    assert said(inside) == [
        "“imsmanifest.xml” lies in the folder “course”. Pack what is in this folder, not the folder itself."
    ]
    assert said({"tincan.xml": "<tincan/>"}) == ["This is an xAPI package. Export it as SCORM 1.2 or SCORM 2004."]
    assert said({"a.txt": "a"}) == ["There is no “imsmanifest.xml” in it, so this is no SCORM package."]


# --- Hostile packages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../up.html", "/etc/passwd", "C:\\x.html", "..\\up.html", "a\u202elmth.exe", "a/../../b"]
)
def test_names_that_lead_out_of_a_package_are_refused(name: str) -> None:
    shown = "".join(sign if sign.isprintable() else "?" for sign in name)
    assert said(package(**{name: "x"})) == [
        f"“{shown}” is no name of a file inside a package. Export the package anew."
    ]


def test_a_link_to_a_file_elsewhere_is_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in package().items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo("secret.txt")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert said(target.getvalue()) == ["“secret.txt” is a link to another file. Put the file itself there."]


def test_two_files_of_one_name_are_refused() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in [*package().items(), ("part1/./index.html", "another")]:
            archive.writestr(name, content)
    assert said(target.getvalue()) == ["“part1/./index.html” is in the package twice. Take one of them out."]


@pytest.mark.parametrize(("name", "content"), [("setup.exe", "x"), ("a/run.PS1", "x"), ("data.txt", b"MZ\x90\x00\x03")])
def test_programs_are_refused_by_their_name_and_by_what_they_are(name: str, content: Any) -> None:
    assert said(package(**{name: content})) == [f"“{name}” is a program. Packages are shown in a browser: take it out."]


def test_an_archive_that_unpacks_to_far_more_is_refused() -> None:
    assert said(package(**{"zeros.txt": b"\0" * 30_000_000})) == [
        "The package unpacks to more than 600 MB, or to far more than it should. It was refused."
    ]


def test_an_archive_that_lies_about_what_it_unpacks_to_is_refused() -> None:
    content = bytearray(zipped(package(**{"zeros.txt": b"\0" * 30_000_000})))
    at = content.rindex(b"zeros.txt") - 46
    content[at + 24 : at + 28] = struct.pack("<I", 1000)  # says that it has a thousand bytes
    assert said(bytes(content)) == ["The ZIP is damaged. Export the package anew and upload that."]


def test_a_hundred_thousand_files_are_refused_before_they_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of the ZIP says how many: nothing of the list is read."""
    content = bytearray(zipped(package()))
    at = content.rindex(b"PK\x05\x06")
    content[at + 8 : at + 12] = struct.pack("<HH", 34464, 34464)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    sentences = ["The package has more than 5,000 files. Divide it into several lessons."]
    assert said(bytes(content)) == sentences
    content[at + 8 : at + 16] = struct.pack("<HHI", 4, 4, 900_000_000)
    assert said(bytes(content)) == sentences


def test_more_files_than_there_may_be_are_refused() -> None:
    assert said(package(**{f"f{number}.txt": "" for number in range(5000)})) == [
        "The package has more than 5,000 files. Divide it into several lessons."
    ]


def test_what_is_locked_or_packed_unusually_is_refused() -> None:
    content = bytearray(zipped(package(**{"x.txt": "x"})))
    at = content.rindex(b"x.txt") - 46
    content[at + 8] |= 1
    assert said(bytes(content)) == ["“x.txt” is locked by a password. Export the package without one."]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("x.txt", "x")
    assert said(target.getvalue()) == ["“x.txt” is packed in a way that is not usual. Save it as an ordinary ZIP."]


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all" * 10, zipped(package())[:-40]])
def test_what_is_no_zip_gets_a_sentence(content: bytes) -> None:
    assert said(content) == ["The ZIP is damaged. Export the package anew and upload that."]


def test_a_file_that_is_damaged_inside_is_refused() -> None:
    content = bytearray(zipped(package()))
    at = content.index(b"part1/index.html") + 40
    content[at] ^= 0xFF
    assert said(bytes(content)) == ["The ZIP is damaged. Export the package anew and upload that."]


def test_entities_never_grow() -> None:
    bombs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    text = manifest("1.2", item(1), resource("1.2", 1), head=f"<!DOCTYPE x [<!ENTITY a0 'a'>{bombs}]>")
    assert said(package(**{"imsmanifest.xml": text.encode("utf-16")})) == [
        "Its “imsmanifest.xml” declares types or entities (DOCTYPE). Take these lines out."
    ]


# --- Files out of the ZIP ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_any_piece_of_a_file_comes_out_as_it_is(method: int, tmp_path: Path) -> None:
    content = bytes(zlib.crc32(n.to_bytes(4, "big")) % 256 for n in range(200_000))
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, text in package(**{"clip.mp4": content}).items():
            archive.writestr(name, text)
    with path.open("rb") as file:
        (entry,) = [each for each in read_package(file).entries if each.path == "clip.mp4"]
        assert (entry.size, entry.content_type) == (200_000, "video/mp4")
        for first, length in [(0, None), (0, 10), (70_000, 70_000), (199_990, 10), (131_072, None), (200_000, None)]:
            wanted = content[first:] if length is None else content[first : first + length]
            assert b"".join(pieces(file, entry, first, length)) == wanted
        assert b"".join(pieces(file, Entry("x", 0, 0, 0, False, ""))) == b""


def test_names_that_do_not_say_their_encoding_are_read_as_windows_writes_them() -> None:
    content = zipped(package(**{"XXXX.html": "x"}))
    assert "안전.html" in [
        each.path for each in read_package(io.BytesIO(content.replace(b"XXXX", "안전".encode("cp949")))).entries
    ]
    assert upload(package()).name == "package.zip"
