"""What the frameworks themselves say, as far as the catalogue quotes them.

Read from the documents named at each table, not from what others make of them. A mapping that
quotes one of these ids is held to it (`mapping_rules`), so that one requirement has one title in
every control.
"""

from __future__ import annotations

from collections.abc import Mapping

NIST = "NIST SP 800-53"

# CIS Controls v8.1 keeps the ids and titles of v8, and v7.1 those of v7, for these safeguards.
_CIS_V7 = {"14.6": "Protect Information through Access Control Lists"}
_CIS_V8 = {
    "3.3": "Configure Data Access Control Lists",
    "3.4": "Enforce Data Retention",
    "3.6": "Encrypt Data on End-User Devices",
    "4.4": "Implement and Manage a Firewall on Servers",
    "6.7": "Centralize Access Control",
    "6.8": "Define and Maintain Role-Based Access Control",
    "12.2": "Establish and Maintain a Secure Network Architecture",
    "13.10": "Perform Application Layer Filtering",
    "14.6": "Train Workforce Members on Recognizing and Reporting Security Incidents",
}
_BENCHMARK = {
    "3.2": "Ensure 'assignPublicIp' is set to 'DISABLED' for Amazon ECS services",
    "3.14": "Ensure 'assignPublicIp' is set to 'DISABLED' for Amazon ECS task sets",
}
# https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html
_SECURITY_HUB = {
    "ECS.2": "ECS services should not have public IP addresses assigned to them automatically",
    "ECS.16": "ECS task sets should not automatically assign public IP addresses",
}
_PCI_DSS = {
    "1.4.4": (
        "System components that store cardholder data are not directly accessible from untrusted "
        "networks"
    )
}
# NIST SP 800-53 Revision 5, control names.
_NIST = {
    "AC-3": "Access Enforcement",
    "AC-4": "Information Flow Enforcement",
    "AC-6": "Least Privilege",
    "AC-21": "Information Sharing",
    "SC-7": "Boundary Protection",
}
_OF_FRAMEWORK = {
    "CIS AWS Compute Services Benchmark": _BENCHMARK,
    "AWS Security Hub CSPM": _SECURITY_HUB,
    "PCI DSS": _PCI_DSS,
    NIST: _NIST,
}

# Which NIST SP 800-53 r5 controls the Security Hub user guide relates to which of its controls.
NIST_BY_SECURITY_HUB: Mapping[str, frozenset[str]] = {
    "ECS.2": frozenset(
        [
            *("AC-3", "AC-3(7)", "AC-4", "AC-4(21)", "AC-6", "AC-21"),
            *("SC-7", "SC-7(3)", "SC-7(4)", "SC-7(9)", "SC-7(11)", "SC-7(16)", "SC-7(20)"),
            "SC-7(21)",
        ]
    ),
    "ECS.16": frozenset(),
}


def official_title(framework: str, version: str, requirement: str) -> str:
    """The framework's own title of a requirement; empty where the catalogue does not know it.

    Args:
        framework: for example `CIS Controls`.
        version: for example `v8`.
        requirement: the framework's own id.
    """
    if framework == "CIS Controls":
        titles = _CIS_V7 if version.startswith("v7") else _CIS_V8
    else:
        titles = _OF_FRAMEWORK.get(framework, {})
    return titles.get(requirement, "")
