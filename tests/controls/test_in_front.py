"""Load balancers in front: told beside the grade, never instead of it."""

from __future__ import annotations

import pytest

from orgscan.controls.in_front import with_in_front
from orgscan.model.coverage import CoverageStatus
from orgscan.model.exposure import Exposure, Grade
from orgscan.model.load_balancer import LoadBalancer, LoadBalancers
from orgscan.model.outcome import NotCollected

_NONE = Exposure(grade=Grade.NONE, reason="No task of it runs with a public IPv4 address.")
_REFUSED = NotCollected(
    status=CoverageStatus.DENIED,
    reason="the read role lacks the action",
    api="elasticloadbalancing:DescribeTargetGroups",
)


def _balancer(name: str, scheme: str | None) -> LoadBalancer:
    return LoadBalancer(arn=f"arn:lb/{name}", name=name, scheme=scheme)


_WEB, _SHOP = _balancer("web", "internet-facing"), _balancer("shop", "internet-facing")
_INNER, _NEW = _balancer("inner", "internal"), _balancer("new", None)
_KNOWN = {"arn:tg/web": (_WEB,), "arn:tg/inner": (_INNER,), "arn:tg/new": (_NEW,), "arn:tg/-": ()}


@pytest.mark.parametrize(
    ("targets", "in_front", "told"),
    [
        ((), (), ""),
        (("arn:tg/inner",), (), ""),
        (("arn:tg/-",), (), ""),
        (("classic",), (), ""),
        (("arn:tg/gone",), (), ""),
        (("arn:tg/web",), ("arn:lb/web",), " An internet-facing load balancer forwards to it."),
        (
            ("arn:tg/inner", "arn:tg/web", "arn:tg/web"),
            ("arn:lb/web",),
            " An internet-facing load balancer forwards to it.",
        ),
        (
            ("arn:tg/both",),
            ("arn:lb/shop", "arn:lb/web"),
            " 2 internet-facing load balancers forward to it.",
        ),
        (
            ("arn:tg/new",),
            (),
            " AWS did not say whether a load balancer in front of it faces the internet.",
        ),
    ],
)
def test_internet_facing_load_balancers_are_named_and_the_grade_stays(
    targets: tuple[str, ...], in_front: tuple[str, ...], told: str
) -> None:
    """Internal ones are nobody's way in from outside; each is named once, in order."""
    known = LoadBalancers(by_target_group={**_KNOWN, "arn:tg/both": (_WEB, _SHOP)})

    found = with_in_front(_NONE, targets, known)

    assert found == Exposure(grade=Grade.NONE, reason=_NONE.reason + told, in_front=in_front)


def test_a_refusal_is_said_where_something_is_in_front_and_nowhere_else() -> None:
    """What was seen before it counts; a service without a target group is not concerned."""
    known = LoadBalancers(by_target_group={"arn:tg/web": (_WEB,)}, unseen=_REFUSED)

    refused = (
        " Not all load balancers in front of it could be seen: the read role lacks the action."
    )
    assert with_in_front(_NONE, ("arn:tg/gone",), known) == Exposure(
        grade=Grade.NONE, reason=_NONE.reason + refused
    )
    assert with_in_front(_NONE, ("arn:tg/web",), known) == Exposure(
        grade=Grade.NONE,
        reason=f"{_NONE.reason} An internet-facing load balancer forwards to it.{refused}",
        in_front=("arn:lb/web",),
    )
    assert with_in_front(_NONE, (), known) == _NONE


def test_nothing_is_said_where_nobody_asked_or_the_control_does_not_apply() -> None:
    """An exposure that is not there is not made up."""
    assert with_in_front(_NONE, ("arn:tg/web",), None) == _NONE
    assert with_in_front(None, ("arn:tg/web",), LoadBalancers(by_target_group=_KNOWN)) is None
