"""XML that means harm, and what a struct may ask of it."""

from __future__ import annotations

import datetime as dt
import time

import msgspec
import pytest

from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.aws.protocols.ec2query import Ec2Query
from orgscan.aws.protocols.xml_reader import NotXml, read_xml
from orgscan.collect.network_interfaces import DESCRIBE_NETWORK_INTERFACES

ROOT = "DescribeNetworkInterfacesResponse"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


class Thing(msgspec.Struct, rename="camel"):
    """A shape of a test."""

    first_name: str = ""
    is_good: bool | None = None
    names: list[str] = []


@pytest.mark.parametrize(
    "document",
    [
        f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]><{ROOT}><nextToken>&l11;</nextToken></{ROOT}>',
        f'<!DOCTYPE x [<!ENTITY a "{"a" * 100_000}">]><{ROOT}>{"&a;" * 100_000}</{ROOT}>',
        f'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><{ROOT}><nextToken>&f;</nextToken></{ROOT}>',
        f'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><{ROOT}/>',
        f'<?xml version="1.0"?><!-- a --><!DOCTYPE {ROOT}><{ROOT}/>',
    ],
    ids=["a billion laughs", "quadratic", "a file", "a page elsewhere", "harmless"],
)
def test_a_document_type_ends_the_reading_at_once(document: str) -> None:
    """Entities are declared in it: none is expanded, no file is read, nothing is fetched."""
    started = time.process_time()
    with pytest.raises(CallFailed) as failed:
        Ec2Query("2016-11-15").decode(DESCRIBE_NETWORK_INTERFACES, document.encode())

    assert time.process_time() - started < 1.0
    assert (failed.value.kind, failed.value.code) == (FailureKind.TRANSIENT, "NotXml")
    assert failed.value.message == "the document has a document type"


def test_an_error_with_a_document_type_is_no_error_of_ec2() -> None:
    """Its entities are not expanded either; the text as it came is the message."""
    body = b'<!DOCTYPE x [<!ENTITY l "lol">]><Response><Errors>&l;</Errors></Response>'

    code, message = Ec2Query("2016-11-15").refusal(400, "", body)

    assert (code, message) == ("", body.decode())


def test_another_encoding_than_utf_8_is_not_read() -> None:
    """A document type cannot hide in one."""
    document = f"<!DOCTYPE x><{ROOT}/>".encode("utf-16")

    with pytest.raises(NotXml):
        read_xml(document, ROOT, Thing)


def test_elements_nested_without_end_are_skipped() -> None:
    """Depth is the parser's matter; the reader follows only what the struct has."""
    depth = 50_000
    inner = "<x>" * depth + "</x>" * depth

    thing = read_xml(f"<R>{inner}<firstName>a</firstName></R>".encode(), "R", Thing)

    assert thing == Thing(first_name="a")


def test_the_text_of_each_field_is_its_own() -> None:
    """Namespaces are dropped; absent is the default; the last of several wins, as in botocore."""
    thing = read_xml(
        b'<n:R xmlns:n="urn:x"><n:firstName>null</n:firstName><n:isGood>true</n:isGood>'
        b"<n:names><n:member>a</n:member><n:item/></n:names></n:R>",
        "R",
        Thing,
    )

    assert thing == Thing(first_name="null", is_good=True, names=["a", ""])
    assert read_xml(b"<R/>", "R", Thing) == Thing()


def test_a_struct_of_another_kind_of_field_is_a_mistake() -> None:
    """Whoever adds one has to say how its text is read."""

    class Later(msgspec.Struct):
        moment: dt.datetime | None = None

    with pytest.raises(TypeError, match="cannot be read from XML"):
        read_xml(b"<R/>", "R", Later)
