"""Names of accounts, units and tags: ordinary ones, and ones made to break what shows them."""

from __future__ import annotations

TEAMS = (
    "payments", "checkout", "search", "catalog", "identity", "billing", "mobile", "web",
    "logistics", "pricing", "media", "messaging", "fraud", "reporting", "loyalty", "platform",
)  # fmt: skip
STAGES = ("prod", "staging", "dev", "sandbox")

HOSTILE_NAMES = (
    "</script><script>alert('account')</script>",
    "\"><img src=x onerror=alert(1)> & 'quoted'",
    "\x1b[2J\x1b[31mred\x1b]0;title\x07 terminal",
    "invoice\u202egnp.exe \u200fright to left",
    "two\nlines\r\nand a\ttab",
    '=HYPERLINK("http://example.invalid","formula")',
    "{{ 7 * 7 }} ${jndi:x} %s {0}",
    "\u2028line separator\u2029 paragraph \x00 null",
    "<!-- comment --> <![CDATA[ data ]]>",
    "日本語 العربية \N{GRINNING FACE} ﷽",
)
"""Each fits an account name: up to 128 characters of any kind."""

HOSTILE_UNIT = "</script><script>alert('unit')</script>"
LONG_NAME = "</script>" + "n" * 119
LONG_TAG_KEY = "<k>" + "k" * 125
LONG_TAG_VALUE = "\"v'" + "v" * 253


def hostile_tags(name: str) -> dict[str, str]:
    """Tags with markup, escapes and the greatest lengths AWS allows: 128 and 256 characters."""
    return {
        "owner": name,
        "<b>note</b>": "\x1b[1mbold\x1b[0m \u202e</script>",
        LONG_TAG_KEY: LONG_TAG_VALUE,
        "empty": "",
    }
