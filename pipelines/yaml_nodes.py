"""YAML as plain data that still knows where each value was written: `FILE:LINE`, or the option that set it."""

import contextlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import yaml

KeyPath = tuple[str | int, ...]
"""Keys and list indices from the top of the document: ("sources", 0, "cap")."""

_EXPONENT = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+")
_PREFIX = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something was written. Sorts by line of the file, options last."""

    option: bool
    line: int
    """1 for the first line; 0 in an option."""
    name: str
    """The file, or the option as it was typed."""

    def __str__(self) -> str:
        return self.name if self.option else f"{self.name}:{self.line}"


@dataclass(slots=True)
class Document:
    """Plain data (dict, list, str, int, float, bool, None), the place of every key, and what is wrong so far."""

    file: str
    data: object = None
    places: dict[KeyPath, Place] = field(default_factory=dict)
    problems: list[tuple[Place, str]] = field(default_factory=list)
    wrong: set[KeyPath] = field(default_factory=set)
    """Keys that have a problem already."""

    def place(self, path: KeyPath) -> Place:
        """Where a key or list entry was written; for one that was not, where the nearest thing around it was."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path, Place(False, 1, self.file))

    def problem(self, path: KeyPath, text: str) -> None:
        """Notes a problem of a key; one that has a problem already gets no second."""
        if path in self.wrong:
            return
        self.wrong.add(path)
        name = dotted(path)
        self.problems.append((self.place(path), f"{name}: {text}" if name else text))


def dotted(path: KeyPath) -> str:
    """The way `--set` and every message write a key: `sources.0.cap`."""
    return ".".join(map(str, path))


def read_document(text: str, file: str, options: Sequence[tuple[str, str]] = ()) -> Document:
    """Parses YAML and applies options, each a pair of `key.key=value` and the way it was typed (`--set pictures.tile=512`).

    Syntax errors, duplicate keys and options that do not fit end up in `problems`; data is None where nothing could be read.
    """
    document = Document(file)
    root = _compose(text, file, document)
    if root is not None and not isinstance(root, yaml.MappingNode):
        document.problems.append((_place(root, file), "a recipe is a list of `key: value` lines (`skypairs init` writes one)"))
        root = None
    if root is not None:
        for option, typed in options:
            _apply(root, option, typed, document)
        try:
            document.places[()] = _place(root, file)
            document.data = _plain(root, (), document)
        except RecursionError:
            document.problems.append((Place(False, 1, file), "nested too deeply, or an alias that holds itself"))
    return document


def _compose(text: str, name: str, document: Document) -> yaml.Node | None:
    option = name != document.file
    try:
        loader = yaml.SafeLoader(text)
        loader.name = name  # every mark carries it: it tells values of the file and of options apart
        node: yaml.Node | None = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark and not option else 0 if option else 1
        problem = " ".join(part for part in (error.problem, error.context and f"({error.context})") if part)
        document.problems.append((Place(option, line, name), f"not YAML: {problem}"))
        return None
    except (yaml.YAMLError, RecursionError) as error:
        detail = "nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
        document.problems.append((Place(option, 0 if option else 1, name), f"not YAML: {detail}"))
        return None
    if node is None and not option:
        empty = "the file is empty: `skypairs init ROOT` writes a recipe to start from"
        document.problems.append((Place(False, 1, name), empty))
    return node


def _place(node: yaml.Node, file: str) -> Place:
    option = node.start_mark.name != file
    return Place(option, 0 if option else node.start_mark.line + 1, node.start_mark.name)


def _apply(root: yaml.MappingNode, option: str, typed: str, document: Document) -> None:
    """Sets one value in the tree. Mappings on the way are made where they are missing; list entries are not."""

    def wrong(text: str) -> None:
        document.problems.append((Place(True, 0, typed), text))

    key, equals, text = option.partition("=")
    parts = key.strip().split(".")
    if not equals or not all(parts):
        return wrong("write key.key=value, for example pictures.tile=512 or sources.0.cap=100")
    before = len(document.problems)
    value = _compose(text, typed, document)
    if len(document.problems) > before:
        return None
    mark = yaml.Mark(typed, 0, 0, 0, None, 0)
    if value is None:
        value = yaml.ScalarNode(f"{_PREFIX}null", "", mark, mark)
    node: yaml.Node = root
    for depth, part in enumerate(parts):
        here = ".".join(parts[:depth])
        if isinstance(node, yaml.MappingNode):
            at = next((index for index, (name, _) in enumerate(node.value) if name.value == part), len(node.value))
            if at == len(node.value):
                node.value.append((yaml.ScalarNode(f"{_PREFIX}str", part, mark, mark), _empty(mark)))
            name, child = node.value[at]
            if depth == len(parts) - 1:
                node.value[at] = (name, value)
        elif isinstance(node, yaml.SequenceNode):
            if not part.isdecimal() or int(part) >= len(node.value):
                return wrong(f"{here} has {len(node.value)} entries, numbered from 0: there is no {part!r}")
            child = node.value[int(part)]
            if depth == len(parts) - 1:
                node.value[int(part)] = value
        else:
            return wrong(f"{here} is a single value and has no key {part!r}")
        node = child
    return None


def _empty(mark: yaml.Mark) -> yaml.MappingNode:
    return yaml.MappingNode(f"{_PREFIX}map", [], mark, mark)


def _plain(node: yaml.Node, path: KeyPath, document: Document) -> object:
    if isinstance(node, yaml.MappingNode):
        result: dict[str, object] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                where = f"{dotted(path)}: " if path else ""
                document.problems.append((_place(key, document.file), f"{where}a key must be a plain word"))
                continue
            inner = (*path, key.value)
            place = _place(value, document.file)
            if inner in document.places:
                first = document.places[inner]
                text = f"{dotted(inner)}: the key stands twice, first in line {first.line}: remove one"
                document.problems.append((_place(key, document.file), text))
                continue
            document.places[inner] = place if place.option else _place(key, document.file)
            result[key.value] = _plain(value, inner, document)
        return result
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            document.places[(*path, index)] = _place(item, document.file)
        return [_plain(item, (*path, index), document) for index, item in enumerate(node.value)]
    return _scalar(node, path, document)


def _scalar(node: yaml.Node, path: KeyPath, document: Document) -> object:
    """YAML 1.1 as PyYAML reads it, with two repairs: `1e8` is a number, and a date is text."""
    kind = node.tag.removeprefix(_PREFIX)
    value: object = node.value
    if kind == "str" and getattr(node, "style", None) is None and _EXPONENT.fullmatch(node.value):
        number = float(node.value)
        value = int(number) if math.isfinite(number) and number.is_integer() else number
    elif kind in ("int", "float", "bool", "null"):
        with contextlib.suppress(ValueError):  # a number of thousands of digits stays text
            value = yaml.SafeLoader("").construct_object(node)
    elif kind not in ("str", "timestamp"):
        document.problem(path, f"the tag {node.tag} means nothing here: write a plain value")
    if isinstance(value, float) and not math.isfinite(value):
        document.problem(path, "must be a finite number")
        return None
    return value
