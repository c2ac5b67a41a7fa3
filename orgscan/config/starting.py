"""What `orgscan init` writes: the files of `config/`, which the wheel carries along."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from orgscan import __file__ as package
from orgscan.errors import ConfigError

_IN_WHEEL = "starting"
_KINDS = (".yaml", ".tf", ".tftpl", ".json")


def write_starting_files(directory: Path) -> Iterator[tuple[Path, bool]]:
    """Write each file that is not there yet; gives each path, and whether it is new.

    Raises:
        ConfigError: the disk does not take one.
    """
    for name, source in sorted(_files(_folder())):
        path = directory / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as out:
                out.write(source.read_bytes())
        except FileExistsError:
            yield path, False
        except OSError as error:
            raise ConfigError(
                f"the file cannot be written: {error.strerror or error}",
                where=str(path),
                mend="Name a directory that can be written to",
            ) from None
        else:
            yield path, True


def _folder() -> Traversable:
    """In a wheel it lies in the package; in a checkout beside it."""
    packaged = resources.files("orgscan").joinpath(_IN_WHEEL)
    return packaged if packaged.is_dir() else Path(package).parents[1] / "config"


def _files(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, f"{above}{entry.name}/")
        elif entry.name.endswith(_KINDS):
            yield f"{above}{entry.name}", entry
