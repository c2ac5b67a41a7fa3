"""XML answers read into structs: only the members that a struct has, all else skipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

import msgspec

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation

T = TypeVar("T")

_Reader = Callable[[Element, int], object]
_READERS: dict[type, _Reader] = {}


class NotXml(ValueError):  # noqa: N818 - says what was received
    """A body that is not the XML of such an answer."""


def read_xml(body: bytes, root: str, shape: type[T], *, within: str | None = None) -> T:
    """Read a document by the wire names of a struct's fields; namespaces are dropped.

    Args:
        body: the document, in UTF-8.
        root: the name that its outermost element must have.
        shape: the struct. Its fields are str, int, bool, structs, or lists of these; any of
            them may be `| None`.
        within: the element below the root that holds the members; None where the root does.

    Raises:
        NotXml: it is something else: cut short, a page, a document with a document type.
        ValidationError: a member that the struct requires is missing.
    """
    parser = XMLParser(target=_Builder(), encoding="utf-8")  # noqa: S314 - the builder refuses what the attacks need
    try:
        parser.feed(body)
        document = parser.close()
    except ParseError as error:
        raise NotXml(str(error)) from None
    cut = document.tag.rfind("}") + 1
    if document.tag[cut:] != root:
        raise NotXml(f"the document is no {root}")
    if within is not None:
        document = next((child for child in document if child.tag[cut:] == within), Element(""))
    return msgspec.convert(_document_reader(shape)(document, cut), type=shape)


def decoded_xml(operation: Operation[T], answer: bytes, *, within: str | None = None) -> T:
    """A good answer, typed; what it is not is the failure of the call.

    Args:
        operation: whose answer it is.
        answer: the body.
        within: as in `read_xml`.

    Raises:
        CallFailed: it is not the operation's XML, or a member has a wrong type.
    """
    try:
        return read_xml(answer, f"{operation.name}Response", operation.reply, within=within)
    except NotXml as error:
        raise CallFailed(
            FailureKind.TRANSIENT, api=operation.api, code="NotXml", message=str(error)
        ) from None
    except msgspec.ValidationError as error:
        raise CallFailed(
            FailureKind.REFUSED, api=operation.api, code="MalformedAnswer", message=str(error)
        ) from None


class _Builder(TreeBuilder):
    def doctype(self, *_: str | None) -> None:
        """Stop: AWS sends none, and entities would be declared in it, which expand without end."""
        raise NotXml("the document has a document type")


def _document_reader(shape: type) -> _Reader:
    if shape not in _READERS:
        _READERS[shape] = _reader_of(msgspec.inspect.type_info(shape))
    return _READERS[shape]


def _reader_of(kind: msgspec.inspect.Type) -> _Reader:
    match kind:
        case msgspec.inspect.StructType(fields=fields):
            return _struct({field.encode_name: _reader_of(field.type) for field in fields})
        case msgspec.inspect.ListType(item_type=item):
            return _list(_reader_of(item))
        case msgspec.inspect.UnionType(types=types):
            return next(_reader_of(one) for one in types if one != msgspec.inspect.NoneType())
        case msgspec.inspect.BoolType():
            return lambda element, _: element.text == "true"
        case msgspec.inspect.StrType():
            return lambda element, _: element.text or ""
        case msgspec.inspect.IntType():
            return _integer
        case _:
            raise TypeError(f"{kind} cannot be read from XML")


def _integer(element: Element, _: int) -> object:
    text = element.text or ""
    try:
        return int(text)
    except ValueError:
        return text  # the struct refuses it, by its name


def _struct(readers: dict[str, _Reader]) -> _Reader:
    def read(element: Element, cut: int) -> dict[str, object]:
        found: dict[str, object] = {}
        for child in element:
            name = child.tag[cut:]
            reader = readers.get(name)
            if reader is not None:
                found[name] = reader(child, cut)
        return found

    return read


def _list(reader: _Reader) -> _Reader:
    def read(element: Element, cut: int) -> list[object]:
        return [reader(child, cut) for child in element]

    return read
