"""What a SCORM package says of itself in its `imsmanifest.xml`. Pure: no Django, no database, no files.

Read are SCORM 1.2 (CAM 1.2, 2001) and SCORM 2004 (CAM, 2nd to 4th edition): the organisation that is played, its items in
their order, and what each launches. Rules of sequencing are left alone: learners choose what comes next in a menu.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from posixpath import normpath
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree

from tenancy.unpacking import XmlError, parsed

NAME = "imsmanifest.xml"
MOST_BYTES = 5 * 1024 * 1024
MOST_ITEMS, DEEPEST, LONGEST_TITLE, LONGEST_ADDRESS = 500, 20, 200, 1000
SCORM_12, SCORM_2004 = "1.2", "2004"
XML = "{http://www.w3.org/XML/1998/namespace}"


@dataclass(frozen=True)
class Flaw:
    """What is wrong: a reason that pages turn into a sentence, and what it names."""

    reason: str
    facts: dict[str, Any] = field(default_factory=dict)


class FlawError(Exception):
    """A package that cannot be taken in, with all that was found."""

    def __init__(self, *flaws: Flaw) -> None:
        super().__init__(", ".join(flaw.reason for flaw in flaws))
        self.flaws = flaws


@dataclass(frozen=True)
class Item:
    """An item of the organisation. launch: what is opened, below the package's root and quoted as in an address; empty for
    a mere heading. given: what its data model begins with, by the names of SCORM 2004.
    """

    identifier: str
    title: str
    depth: int
    launch: str = ""
    is_sco: bool = False
    is_visible: bool = True
    given: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """A package: which SCORM, what it is called, and its items from top to bottom."""

    version: str
    edition: str
    identifier: str
    title: str
    items: tuple[Item, ...]


def read_manifest(data: bytes, names: Collection[str]) -> Manifest:
    """What a manifest says, of a package with these files; FlawError with all that is wrong."""
    try:
        root = parsed(data)
    except XmlError as error:
        raise FlawError(Flaw(error.reason, error.facts)) from error
    if _local(root) != "manifest":
        raise FlawError(Flaw("no_manifest"))
    if any(_local(each) == "manifest" for each in root.iter() if each is not root):
        raise FlawError(Flaw("nested"))
    version, edition = _version(root, data)
    reading = _Reading(root, version, names)
    organization = reading.organization()
    items = tuple(reading.items(organization))
    if not reading.flaws and not any(item.launch for item in items):
        reading.flaws.append(Flaw("no_items"))
    if reading.flaws:
        raise FlawError(*reading.flaws)
    title = _text(_child(organization, "title")) or _general_title(root) or items[0].title
    return Manifest(version, edition, _attribute(root, "identifier")[:200], title[:LONGEST_TITLE], items)


def _version(root: ElementTree.Element, data: bytes) -> tuple[str, str]:
    """By what the metadata say, else by the names that are used."""
    metadata = _child(root, "metadata")
    told = _text(_child(metadata, "schemaversion")) if metadata is not None else ""
    if told == "1.2":
        return SCORM_12, told
    if told.startswith("2004") or "1.3" in told:
        return SCORM_2004, told[:40]
    if b"adlcp_v1p3" in data:
        return SCORM_2004, told[:40]
    if b"adlcp_rootv1p2" in data:
        return SCORM_12, told[:40]
    raise FlawError(Flaw("version", {"version": told[:40]}))


class _Reading:
    """The organisation of a manifest as it is read, with what is found wrong in it."""

    def __init__(self, root: ElementTree.Element, version: str, names: Collection[str]) -> None:
        self.root, self.version, self.names = root, version, set(names)
        self.flaws: list[Flaw] = []
        resources = _child(root, "resources")
        base = _base(root) + (_base(resources) if resources is not None else "")
        self.resources = {
            _attribute(each, "identifier"): (each, base + _base(each))
            for each in (resources if resources is not None else ())
            if _local(each) == "resource"
        }

    def organization(self) -> ElementTree.Element:
        """The organisation that is played: the one named as default, else the first."""
        parent = _child(self.root, "organizations")
        found = [each for each in (parent if parent is not None else ()) if _local(each) == "organization"]
        if not found:
            raise FlawError(Flaw("no_items"))
        wanted = _attribute(parent, "default") if parent is not None else ""
        return next((each for each in found if _attribute(each, "identifier") == wanted), found[0])

    def items(self, organization: ElementTree.Element) -> Iterator[Item]:
        """The items below it from top to bottom."""
        waiting = [(each, 0) for each in reversed(organization) if _local(each) == "item"]
        count = 0
        while waiting:
            element, depth = waiting.pop()
            count += 1
            if count > MOST_ITEMS or depth > DEEPEST:
                raise FlawError(Flaw("many_items", {"most": MOST_ITEMS}))
            yield self.item(element, depth)
            waiting += [(each, depth + 1) for each in reversed(element) if _local(each) == "item"]

    def item(self, element: ElementTree.Element, depth: int) -> Item:
        title = _text(_child(element, "title")) or _attribute(element, "identifier") or "–"
        wanted = _attribute(element, "identifierref")
        launch, is_sco = "", False
        if wanted:
            resource, base = self.resources.get(wanted, (None, ""))
            if resource is None:
                self.flaws.append(Flaw("no_resource", {"item": title[:80], "resource": wanted[:80]}))
            else:
                href, parameters = base + _attribute(resource, "href"), _attribute(element, "parameters")
                launch = self.launch(title, href, parameters) if _attribute(resource, "href") else ""
                is_sco = _attribute(resource, "scormtype").lower() != "asset"
                if not _attribute(resource, "href") and is_sco:
                    self.flaws.append(Flaw("no_launch", {"item": title[:80], "file": ""}))
        return Item(
            identifier=_attribute(element, "identifier")[:200],
            title=title[:LONGEST_TITLE],
            depth=depth,
            launch=launch,
            is_sco=is_sco and bool(launch),
            is_visible=_attribute(element, "isvisible").lower() != "false",
            given=self.given(element) if launch else {},
        )

    def launch(self, title: str, href: str, parameters: str) -> str:
        """What an item opens, as an address below the package; a file that is not there is a flaw."""
        if urlsplit(href).scheme or href.startswith(("/", "\\")):
            self.flaws.append(Flaw("outside", {"item": title[:80], "file": href[:200]}))
            return ""
        bare, query = _split(href.replace("\\", "/"))
        path = next((each for each in (_inside(unquote(bare)), _inside(bare)) if each in self.names), None)
        if path is None:
            told = _inside(unquote(bare)) or bare
            alike = next((each for each in self.names if each.lower() == told.lower()), "")
            facts = {"item": title[:80], "file": told[:200]}
            self.flaws.append(Flaw("other_case", facts | {"there": alike}) if alike else Flaw("no_launch", facts))
            return ""
        address = quote(path) + _with_parameters(query, parameters)
        if len(address) > LONGEST_ADDRESS:
            self.flaws.append(Flaw("outside", {"item": title[:80], "file": address[:80]}))
        return address

    def given(self, element: ElementTree.Element) -> dict[str, str]:
        """What the data model of an item begins with."""
        found = {
            "launch_data": _text(_child(element, "dataFromLMS", "datafromlms"))[:4000],
            "max_time_allowed": _text(_child(element, "maxtimeallowed"))[:40],
            "time_limit_action": _text(_child(element, "timelimitaction", "timeLimitAction"))[:40],
        }
        if self.version == SCORM_12:
            found["mastery_score"] = _number(_text(_child(element, "masteryscore")), 0, 100)
        else:
            found["scaled_passing_score"] = _passing_measure(element)
            found["completion_threshold"] = _threshold(element)
        return {key: value for key, value in found.items() if value}


def _passing_measure(element: ElementTree.Element) -> str:
    """The score from which an item of SCORM 2004 is passed: its primary objective's measure, where that decides."""
    for each in element:
        if _local(each) != "sequencing":
            continue
        for objective in each.iter():
            if _local(objective) == "primaryObjective" and _attribute(objective, "satisfiedByMeasure") == "true":
                return _number(_text(_child(objective, "minNormalizedMeasure")) or "1.0", -1, 1)
    return ""


def _threshold(element: ElementTree.Element) -> str:
    found = _child(element, "completionThreshold")
    if found is None:
        return ""
    return _number(_attribute(found, "minProgressMeasure") or _text(found), 0, 1)


def _with_parameters(query: str, parameters: str) -> str:
    """The rule of CAM 3.4: an item's parameters come behind what the resource's address has already."""
    parameters = parameters.strip().lstrip("?&")
    if not parameters or (parameters.startswith("#") and "#" in query):
        return query
    if parameters.startswith("#"):
        return query + parameters
    asked, mark, fragment = query.partition("#")
    return f"{asked}{'&' if asked else '?'}{parameters}{mark}{fragment}"


def _split(href: str) -> tuple[str, str]:
    """A path, and what follows it from the first `?` or `#` on."""
    at = min((place for place in (href.find("?"), href.find("#")) if place >= 0), default=len(href))
    return href[:at], href[at:]


def _inside(path: str) -> str:
    """A path in its plain form; empty where it leads out of the package."""
    plain = normpath(unicodedata.normalize("NFC", path)) if path else ""
    return "" if plain in ("", ".") or plain.startswith(("..", "/")) else plain


def _base(element: ElementTree.Element) -> str:
    base = element.get(f"{XML}base", "").strip()
    return base if not base or base.endswith("/") else f"{base}/"


def _number(text: str, least: float, most: float) -> str:
    """A number as the data model takes it, or nothing for one that is none."""
    if not re.fullmatch(r"-?\d{1,4}(\.\d{1,7})?", text):
        return ""
    return text if least <= float(text) <= most else ""


def _general_title(root: ElementTree.Element) -> str:
    """What the metadata call it."""
    metadata = _child(root, "metadata")
    for general in metadata.iter() if metadata is not None else ():
        if _local(general) == "general":
            title = _child(general, "title")
            return " ".join("".join(title.itertext()).split()) if title is not None else ""
    return ""


def _local(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _child(parent: ElementTree.Element, *names: str) -> ElementTree.Element | None:
    return next((each for each in parent if _local(each) in names), None)


def _text(element: ElementTree.Element | None) -> str:
    return " ".join((element.text or "").split()) if element is not None else ""


def _attribute(element: ElementTree.Element, name: str) -> str:
    """By its name alone: packages put it into namespaces, and into capitals, as they like."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2].lower() == name.lower():
            return value.strip()
    return ""
