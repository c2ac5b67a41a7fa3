"""Settings of three sources: an option beats the environment, which beats the file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from orgscan.config.credentials import ADVICE, is_credential
from orgscan.config.document import read_document
from orgscan.config.environment import CONFIG, Environment
from orgscan.config.mappings import UserMapping, mapping_problems
from orgscan.config.place import Fetch
from orgscan.config.problems import Problem, raise_if_any
from orgscan.config.settings import FILE_ONLY, ConfigFile, Settings
from orgscan.config.tree import KeyPath
from orgscan.config.validation import Source, validate, validate_document

DEFAULT_FILE = Path("config/orgscan.yaml")
DEFAULT_ALLOWLIST = Path("config/allowlist.yaml")


_IN_FILE = "Write it in config/orgscan.yaml, or in the file that --config names"


class Options(NamedTuple):
    """The command line as a source of settings."""

    given: Mapping[str, object]

    def unknown(self, key: str) -> str:
        """What to say of an option that is none."""
        del key
        return "unknown option"

    def spell(self, key: str) -> str:
        """How a setting is written on the command line; a switch that is off has its own name."""
        negated = "no-" if self.given.get(key) is False else ""
        return f"--{negated}{key.replace('_', '-')}"

    def written(self, path: KeyPath) -> str:
        """Nothing: the shell has taken the quotes."""
        del path
        return ""

    def problem(self, path: KeyPath, what: str, mend: str = "", *, key: bool = False) -> Problem:
        """A problem with the option that `path` begins with."""
        del key
        return Problem(self.spell(str(path[0])), what, mend)

    def values(self) -> dict[str, object]:
        """The options that were given; None and an empty list mean not given."""
        return {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in self.given.items()
            if value is not None and value not in ([], (), {})
        }


class _Layer(NamedTuple):
    source: Source
    values: dict[str, object]


def load_settings(
    *,
    file: str | Path | None,
    environ: Mapping[str, str],
    options: Mapping[str, object],
    control_ids: Collection[str] | None = None,
    fetch: Fetch | None = None,
) -> Settings:
    """The settings of one scan.

    Args:
        file: as `--config` names it, a path or a place in AWS; None: ORGSCAN_CONFIG, or else
            `config/orgscan.yaml` if there.
        environ: the environment; only names that begin with ORGSCAN_ are read.
        options: the command line's options by setting name; None and empty lists are not given.
        control_ids: the controls that mappings may name; None takes any.
        fetch: reads what lies in AWS.

    Returns:
        The settings, checked each by itself and together.

    Raises:
        ConfigError: all problems of all three sources, each with its place.
    """
    problems: list[Problem] = []
    layers: list[_Layer] = []
    path = _file_of(file, environ)
    if path is not None:
        document = read_document(path, fetch)
        found = validate_document(ConfigFile, document, _file_keys)[1]
        found += mapping_problems(document, control_ids)
        problems += sorted(found, key=lambda problem: problem.position)
        values = {key: value for key, value in document.tree.data.items() if key != "version"}
        layers.append(_Layer(document, values))
    environment = Environment(environ)
    variables, unreadable = environment.values()
    problems += unreadable
    given = Options(options)
    for layer in (_Layer(environment, variables), _Layer(given, given.values())):
        problems += _layer_problems(layer)
        layers.append(layer)
    raise_if_any(problems)
    return _with_allowlist(_merged(layers))


def _file_keys(path: KeyPath) -> list[str]:
    return list((UserMapping if path[:1] == ("mappings",) else ConfigFile).model_fields)


def _settings_keys(path: KeyPath) -> list[str]:
    del path
    return [key for key in Settings.model_fields if key not in FILE_ONLY]


def _layer_problems(layer: _Layer) -> list[Problem]:
    """What is wrong in the environment or in the options."""
    credentials = {
        key for key, value in layer.values.items() if any(map(is_credential, _texts(value)))
    }
    problems = [
        layer.source.problem((key,), "a credential does not belong here", ADVICE)
        for key in sorted(credentials)
    ]
    problems += [
        layer.source.problem((key,), f"{key} can be set in the configuration file only", _IN_FILE)
        for key in sorted(FILE_ONLY & layer.values.keys() - credentials)
    ]
    _, found = validate(Settings, layer.values, layer.source, _settings_keys)
    told = credentials | FILE_ONLY
    return problems + [problem for path, problem in found if path[0] not in told]


def _texts(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case tuple():
            return [text for item in value for text in _texts(item)]
        case dict():
            return [text for pair in value.items() for text in _texts(pair)]
        case _:
            return []


def _merged(layers: list[_Layer]) -> Settings:
    """One above the other; each is valid by itself, so only what they say together can clash."""
    values: dict[str, object] = {}
    sources: dict[str, Source] = {}
    for layer in layers:
        values |= layer.values
        sources |= dict.fromkeys(layer.values, layer.source)
    settings, found = validate(Settings, values, Options(values), _settings_keys)
    if settings is not None:
        return settings
    raise_if_any([_clash(problem, sources) for _, problem in found])
    raise AssertionError("unreachable: a model without problems is a model")


def _clash(problem: Problem, sources: Mapping[str, Source]) -> Problem:
    places = [sources[key].problem((key,), "").where for key in ("account", "exclude_account")]
    return Problem(" and ".join(places), problem.what, problem.mend)


def _file_of(file: str | Path | None, environ: Mapping[str, str]) -> str | Path | None:
    named = environ.get(CONFIG, "").strip()
    if file is not None:
        return file
    if named:
        return named
    return DEFAULT_FILE if _is_there(DEFAULT_FILE) else None


def _is_there(file: Path) -> bool:
    """Whether a file exists; one that cannot be looked at does, so that reading it says why."""
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _with_allowlist(settings: Settings) -> Settings:
    if settings.allowlist is None and _is_there(DEFAULT_ALLOWLIST):
        return settings.model_copy(update={"allowlist": str(DEFAULT_ALLOWLIST)})
    return settings
