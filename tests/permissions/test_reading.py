"""What the caller needs to read settings where they lie in AWS."""

from __future__ import annotations

import pytest

from orgscan.aws import stored_text
from orgscan.aws.failure import CallFailed, FailureKind
from orgscan.config.place import Parameter
from orgscan.errors import ConfigError
from orgscan.permissions.reading import reading_statements


def test_each_place_is_allowed_by_its_own_name() -> None:
    """One statement for each service; a version is no part of a parameter's name."""
    places = ["ssm:/orgscan/config:3", "ssm:plain", "s3://example-audit/settings/a.yaml"]

    assert reading_statements(places, partition="aws-cn") == [
        {
            "Sid": "SettingsInSystemsManager",
            "Effect": "Allow",
            "Action": ["ssm:GetParameter"],
            "Resource": [
                "arn:aws-cn:ssm:*:*:parameter/orgscan/config",
                "arn:aws-cn:ssm:*:*:parameter/plain",
            ],
        },
        {
            "Sid": "SettingsInS3",
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": ["arn:aws-cn:s3:::example-audit/settings/a.yaml"],
        },
    ]
    assert reading_statements([], partition="aws") == []


def test_a_key_cannot_widen_the_policy() -> None:
    """What means something to IAM is taken by the letter."""
    (statement,) = reading_statements(["s3://example-audit/*/${x}?"], partition="aws")

    assert statement["Resource"] == ["arn:aws:s3:::example-audit/${*}/${$}{x}${?}"]


def test_a_file_is_no_place_for_a_policy() -> None:
    """Said, and not left out."""
    with pytest.raises(ConfigError, match=r"--reads a\.yaml: a file needs no permission of AWS"):
        reading_statements(["a.yaml"], partition="aws")


def test_a_denied_read_names_the_action_to_allow() -> None:
    """And the key's, which AWS asks for where the key is the account's own."""
    denied = CallFailed(
        FailureKind.DENIED,
        api="ssm:GetParameter",
        code="AccessDeniedException",
        message="no identity-based policy allows the ssm:GetParameter action",
    )
    error = stored_text._cannot(Parameter("/x"), denied, "eu-west-1")

    assert error.where == "ssm:/x"
    assert error.what.startswith("it cannot be read: ssm:GetParameter")
    assert error.mend == (
        "Allow the caller ssm:GetParameter on it, and kms:Decrypt on the key that encrypts it"
    )
