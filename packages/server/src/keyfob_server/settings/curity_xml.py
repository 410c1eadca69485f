"""An XML file as a tree of elements, namespaces put aside. What XML can do beyond elements and text is refused."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from xml.parsers import expat

MAX_BYTES: Final = 4 << 20
MAX_DEPTH: Final = 64
MAX_ELEMENTS: Final = 100_000
_NAMESPACE_END: Final = " "


class XmlRefused(Exception):
    """One line, with file and line number."""


@dataclass(slots=True)
class Element:
    name: str
    path: str
    """Names from the root on, such as `data/profiles/profile`."""
    line: int
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    @property
    def word(self) -> str:
        return self.text.strip()

    def child(self, name: str) -> "Element | None":
        return next((one for one in self.children if one.name == name), None)


def read_xml(path: Path) -> Element:
    """The root. Raises XmlRefused."""
    try:
        with path.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise XmlRefused(f"{path}: cannot be read: {error.strerror}") from error
    if len(body) > MAX_BYTES:
        raise XmlRefused(f"{path}: is larger than {MAX_BYTES} bytes")
    return _Tree(str(path)).read(body)


@dataclass(slots=True)
class _Tree:
    file: str
    open: list[Element] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)
    """What was said so far in each open element, in pieces."""
    root: Element | None = None
    elements: int = 0
    parser: expat.XMLParserType = field(default_factory=lambda: expat.ParserCreate(namespace_separator=_NAMESPACE_END))

    def read(self, body: bytes) -> Element:
        parser = self.parser
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.said
        parser.StartDoctypeDeclHandler = self.doctype
        parser.EntityDeclHandler = self.entity
        try:
            parser.Parse(body, True)  # noqa: FBT003 - the signature of a library
        except expat.ExpatError as error:
            what = expat.ErrorString(error.code)
            raise XmlRefused(f"{self.file}:{error.lineno}: is not XML: {what}") from error
        except (LookupError, ValueError) as error:
            raise XmlRefused(f"{self.file}:1: has an encoding that is not read: use UTF-8") from error
        if self.root is None:
            raise XmlRefused(f"{self.file}: is empty")
        return self.root

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self.elements += 1
        if len(self.open) >= MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise self.refused("is nested too deeply or has too many elements")
        local = name.rpartition(_NAMESPACE_END)[2]
        above = self.open[-1] if self.open else None
        path = f"{above.path}/{local}" if above else local
        made = Element(local, path, self.parser.CurrentLineNumber)
        if above:
            above.children.append(made)
        else:
            self.root = made
        self.open.append(made)
        self.texts.append([])

    def end(self, _name: str) -> None:
        self.open.pop().text = "".join(self.texts.pop())

    def said(self, text: str) -> None:
        if self.texts:
            self.texts[-1].append(text)

    def doctype(self, *_of: object) -> None:
        raise self.refused("holds a document type, which is not read")

    def entity(self, *_of: object) -> None:
        raise self.refused("holds an entity, which is not read")

    def refused(self, sentence: str) -> XmlRefused:
        return XmlRefused(f"{self.file}:{self.parser.CurrentLineNumber}: {sentence}")
