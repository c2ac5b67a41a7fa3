"""XML answers read into structs: only the members that a struct has, all else skipped."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar
from xml.etree.ElementTree import (  # read with a builder of our own  # nosec B405
    Element,
    ParseError,
    TreeBuilder,
    XMLParser,
)

import msgspec

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.operation import Operation

T = TypeVar("T")

_Reader = Callable[[Element], object]
_Member = tuple[str, _Reader | None]
"""A field's name on the wire, and what reads it; text is read where it stands."""


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
    document = _document(body)
    namespace = document.tag[: document.tag.rfind("}") + 1]
    if document.tag != namespace + root:
        raise NotXml(f"the document is no {root}")
    if within is not None:
        found = document.find(namespace + within)
        document = Element("") if found is None else found
    reader = _document_reader(shape, namespace)  # type: ignore[arg-type]  # a type is hashable
    return msgspec.convert(reader(document), type=shape)


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


def _document(body: bytes) -> Element:
    # AWS sends no document type, and entities would be declared in it, which expand without end.
    # Refused here, because a builder that is told of it costs half as much again as the plain one.
    if b"<!DOCTYPE" in body:
        raise NotXml("the document has a document type")
    # In UTF-16, which expat reads where it is marked, a document type would look otherwise.
    if b"\0" in body:
        raise NotXml("the document is not in UTF-8")
    parser = XMLParser(target=TreeBuilder(), encoding="utf-8")  # noqa: S314 - no document type, no entities to attack with  # nosec B314
    try:
        parser.feed(body)
        return parser.close()
    except ParseError as error:
        raise NotXml(str(error)) from None


# A service has one namespace for each version of its API.
@functools.lru_cache(maxsize=256)
def _document_reader(shape: type, namespace: str) -> _Reader:
    return _reader_of(msgspec.inspect.type_info(shape), namespace)


def _reader_of(kind: msgspec.inspect.Type, namespace: str) -> _Reader:
    match kind:
        case msgspec.inspect.StructType(fields=fields):
            return _struct(
                {namespace + field.encode_name: _member_of(field, namespace) for field in fields}
            )
        case msgspec.inspect.ListType(item_type=item):
            return _list(_reader_of(item, namespace))
        case msgspec.inspect.UnionType(types=types):
            return next(
                _reader_of(one, namespace) for one in types if one != msgspec.inspect.NoneType()
            )
        case msgspec.inspect.BoolType():
            return lambda element: element.text == "true"
        case msgspec.inspect.StrType():
            return _text
        case msgspec.inspect.IntType():
            return _integer
        case _:
            raise TypeError(f"{kind} cannot be read from XML")


def _integer(element: Element) -> object:
    text = element.text or ""
    try:
        return int(text)
    except ValueError:
        return text  # the struct refuses it, by its name


def _member_of(field: msgspec.inspect.Field, namespace: str) -> _Member:
    reader = _reader_of(field.type, namespace)
    return field.encode_name, None if reader is _text else reader


def _text(element: Element) -> str:
    return element.text or ""


def _struct(readers: dict[str, _Member]) -> _Reader:
    def read(element: Element) -> dict[str, object]:
        found: dict[str, object] = {}
        for child in element:
            member = readers.get(child.tag)
            if member is not None:
                name, reader = member
                # Most members are text, and a function of its own takes longer than reading it.
                found[name] = (child.text or "") if reader is None else reader(child)
        return found

    return read


def _list(reader: _Reader) -> _Reader:
    def read(element: Element) -> list[object]:
        return [reader(child) for child in element]

    return read
