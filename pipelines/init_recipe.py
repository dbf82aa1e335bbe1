"""A first recipe for a folder: what was recognised as sources and references, everything else with its default in comments."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import yaml

from skypairs.schemas.dataset import DatasetSpec
from skypairs.schemas.errors import LayoutError
from skypairs.schemas.recipe import Recipe, Source
from skypairs.transforms import storage

_NOT_SECTIONS = ("name", "sources", "references", "limit")


def recipe_for(root: str) -> str:
    """A commented YAML recipe for the datasets below a folder. The same folder gives the same text.

    Training splits become sources, held-out splits references. Raises LayoutError where nothing there can be a source.
    """
    from skypairs.pipelines.catalog import load
    from skypairs.pipelines.catalog.recognise import recognise, versions_beside

    if storage.is_local(root):
        root = os.path.abspath(root)
    root = root.rstrip("/") or "/"
    if not storage.is_folder(root):
        raise LayoutError(f"{root}: there is no such folder")
    catalog = load()
    with storage.listed_once(root):
        found = recognise(root)
        others = {source: versions_beside(source, catalog) for source in found if catalog[source.dataset].family}
        return write_recipe(root, found, catalog, storage.folders(root), others)


def write_recipe(
    root: str,
    found: Sequence[Source],
    catalog: Mapping[str, DatasetSpec],
    folders: Sequence[str],
    others: Mapping[Source, Sequence[Source]] | None = None,
) -> str:
    """The recipe from what was recognised below `root`, whose direct sub-folders are `folders`.

    `others`: of a source, the other labels of its very pictures. They stand in comments, since both would be duplicates.
    """
    sources, references, unusable = [], [], []
    for source in found:
        spec = catalog[source.dataset]
        split = spec.split(source.split) if source.split else None
        if source.role == "reference" or (split and split.role == "test"):
            references.append(source)
        elif split and not split.annotated:
            unusable.append(source)
        else:
            sources.append(source)
    unknown = [name for name in folders if not any(_touches(storage.join(root, name), source.root) for source in found)]
    unknown = [name for name in unknown if not name.startswith(".") and not any(source.root == root for source in found)]
    if not sources:
        what = f"only held-out splits of {', '.join(sorted({s.dataset for s in references}))}" if references else "no dataset"
        seen = f"; folders seen: {', '.join(folders[:20])}" if folders else ""
        raise LayoutError(f"{root}: {what} recognised{seen}. `skypairs datasets NAME` shows the layout that a dataset needs")

    lines = [
        f"# Datasets recognised below {_quoted(root)}. Lines that start with # show defaults.",
        f"name: {_name(root)}",
        "",
        "sources:",
    ]
    for source in sources:
        lines += [*_about(catalog[source.dataset]), f"  - {_flow(source)}"]
        if more := (others or {}).get(source):
            lines += ["  # other labels of the same pictures: in place of the line above, not beside it"]
            lines += [f"  # - {_flow(item)}" for item in more]
    lines += [f"# {_flow(source)} has pictures without annotations: it can only be a reference" for source in unusable]
    lines += [f"# not recognised: {_quoted(name)}" for name in unknown]
    lines += ["", "references:", "  - auto  # held-out splits found beside the sources"]
    lines += [f"  - {_flow(source)}" for source in references]
    lines += [
        "",
        "# All that follows is the default. Remove the # of a line to change it; docs/recipe.md says what each key means.",
    ]
    default = Recipe(_name(root), tuple(sources))
    for field in fields(Recipe):
        if field.name not in _NOT_SECTIONS:
            lines.append(f"# {field.name}: {_plain(getattr(default, field.name))}")
    return "\n".join(lines) + "\n"


def _touches(folder: str, root: str) -> bool:
    """Whether one of two folders lies in the other."""
    return f"{root}/".startswith(f"{folder}/") or f"{folder}/".startswith(f"{root}/")


def _name(root: str) -> str:
    """A name for the recipe from the folder's."""
    base = root.rstrip("/").rpartition("/")[2]
    safe = "".join(char if char.isascii() and (char.isalnum() or char in "_.-") else "-" for char in base).strip("_.-")
    return (safe[:64].rstrip("_.-") or "skypairs").lower()


def _about(spec: DatasetSpec) -> list[str]:
    gsd = f", {spec.gsd:g} m a pixel" if spec.gsd else ""
    passed = "" if spec.redistributable else ": pictures may not be passed on"
    return [f"  # {' '.join(spec.title.split())}: {spec.task}{gsd}; licence {' '.join(spec.licence.split())}{passed}"]


def _flow(source: Source) -> str:
    """One line of YAML with the keys that are not default."""
    default = Source(source.dataset, source.root)
    keys = ["dataset", "root"] + [
        item.name
        for item in fields(Source)[2:]
        if item.name != "role" and getattr(source, item.name) != getattr(default, item.name)
    ]
    return _plain({key: getattr(source, key) for key in keys})


def _plain(value: Any) -> str:
    """A value as one line of YAML."""
    if is_dataclass(value):
        return _plain({field.name: getattr(value, field.name) for field in fields(value)})
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_plain(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_plain, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return _quoted(value)
    return f"{value}"


def _quoted(text: str) -> str:
    """Plain where YAML reads it back as this text, else in double quotes."""
    plain = text[:1].isalpha() or text.startswith("/")
    safe = plain and all(char.isalnum() or char in "/_.-" for char in text)
    words = ("true", "false", "yes", "no", "on", "off", "null", "y", "n")
    return text if safe and text.isascii() and text.lower() not in words else _double_quoted(text)


def _double_quoted(text: str) -> str:
    dumped: str = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=1 << 20)
    return dumped.strip()
