"""Loads the YAML entry that lies beside each control."""

from __future__ import annotations

import functools
from importlib import resources

import msgspec
import yaml

from orgscan.errors import OrgscanError
from orgscan.model.control import ControlEntry


@functools.cache
def load_entry(control_id: str) -> ControlEntry:
    """The catalogue entry of a control, read once from inside the package.

    The file is named after the id, with `_` for `-`: a control's Python and YAML sort together.

    Raises:
        OrgscanError: the file is missing or damaged, so the installation is.
    """
    name = control_id.replace("-", "_") + ".yaml"
    mend = "Install orgscan again; if that does not help, report it"
    try:
        text = resources.files("orgscan.controls").joinpath(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = f"the catalogue entry cannot be read ({type(error).__name__})"
        raise OrgscanError(what, where=name, mend=mend) from error
    return parse_entry(text, source=name)


def parse_entry(text: str, *, source: str) -> ControlEntry:
    """One catalogue entry from YAML: every member typed as declared, none unknown.

    Nothing is converted on the way: an unquoted `3.14` is a number and not an id, and is refused.

    Raises:
        OrgscanError: not YAML, or not a catalogue entry; says which member of `source`.
    """
    try:
        return msgspec.convert(yaml.safe_load(text), ControlEntry, strict=True)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        mend = "Compare it with the entries of the other controls"
        what = f"not a catalogue entry: {error}"
        raise OrgscanError(what, where=source, mend=mend) from error
