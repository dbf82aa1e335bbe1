"""A recipe against the catalogue and the disk: every source named and found, `auto` replaced by what it means.

Nothing but folders is read here. All that is missing is said at once, before a build touches anything.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from skypairs.pipelines.earlier_output import OUTPUT, fingerprint_files, input_of, output_name
from skypairs.pipelines.hints import hints, look_around
from skypairs.pipelines.yaml_nodes import KeyPath, Place, dotted
from skypairs.schemas.dataset import DatasetSpec, Input, Look
from skypairs.schemas.errors import LayoutError, RecipeError, UserError
from skypairs.schemas.recipe import NAME, Captions, FingerprintSource, Listed, OutputSource, Recipe, Source
from skypairs.transforms import storage
from skypairs.transforms.scores.model_files import check_digest, files_of


@dataclass(frozen=True, slots=True)
class Resolved:
    """A recipe that is known to fit the catalogue and the disk."""

    recipe: Recipe
    """Names and roles defaulted; `auto` replaced by the sources it stands for; role `reference` wherever it holds."""
    inputs: tuple[Input, ...]
    """The recipe's sources in order, then its references; `order` counts through both."""
    fingerprints: tuple[str, ...]
    """Files of published fingerprints, in the recipe's order."""
    looks: tuple[Look, ...]
    """What each input looks like, in the order of `inputs`."""

    @property
    def files(self) -> tuple[str, ...]:
        """Single files that a build reads."""
        imported, scores = self.recipe.captions.imported, self.recipe.scores
        model = files_of(scores) if scores else ()
        return (*self.fingerprints, *model, *([imported] if imported else ()))


def default_name(source: Source) -> str:
    """The recipe's name for a source: its own, else `dataset-split`, or `dataset` where there is no split."""
    return source.name or (f"{source.dataset}-{source.split}" if source.split else source.dataset)


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean "x"?`, or the known words where none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(word.lower(), [name.lower() for name in names], n=1)
    if near:
        return f'; did you mean "{next(name for name in names if name.lower() == near[0])}"?'
    return f"; known: {', '.join(names)}" if names else ""


def source_problem(dataset: str, split: str, catalog: Mapping[str, DatasetSpec]) -> tuple[str, str] | None:
    """The key and what is wrong with it, where a source names a dataset or a split that does not exist."""
    if dataset not in catalog:
        return "dataset", f'there is no dataset "{dataset}"{nearest(dataset, catalog)}'
    spec = catalog[dataset]
    names = [item.name for item in spec.splits]
    valid = f"splits of {dataset}: {', '.join(names)}"
    if split and not names:
        return "split", f"{dataset} has no splits: remove the key"
    if split and split not in names:
        return "split", f'there is no split "{split}"{nearest(split, names)}' + ("" if len(names) < 2 else f" ({valid})")
    return None


def resolve(
    recipe: Recipe,
    catalog: Mapping[str, DatasetSpec],
    places: Mapping[KeyPath, Place] | None = None,
    emitting: bool = True,
) -> Resolved:
    """Finds every source and reference of a recipe.

    `places` are the lines of the recipe's file, for messages. `emitting`: the sources are to be trained on, so each must have
    annotations and be one split; fingerprints are taken of anything. Raises RecipeError for datasets, splits and names that do
    not fit, then one LayoutError that lists every root, split, annotation and fingerprint file that is not there.
    """
    recipe = _named(recipe, catalog if emitting else {})  # fingerprints are what sets of references are there for
    problems = [_said((*path, key), text, places or {}) for path, key, text in _recipe_problems(recipe, catalog, emitting)]
    if problems:
        raise RecipeError("\n".join(problems))
    expanded = list(_expanded(recipe, catalog))
    recipe = replace(recipe, references=tuple(reference for _, reference in expanded))

    inputs: list[Input] = []
    looks: list[Look] = []
    fingerprints: list[str] = []
    for path, source in [*((("sources", at), source) for at, source in enumerate(recipe.sources)), *expanded]:
        if isinstance(source, FingerprintSource):
            fingerprints.append(source.fingerprints)
            if not _exists(source.fingerprints):
                text = f"{source.fingerprints}: there is no such file"
                problems.append(_said((*path, "fingerprints"), text, places or {}))
            continue
        if isinstance(source, OutputSource):
            inputs.append(input_of(source, len(inputs)))
            found = _look(inputs[-1].source, OUTPUT)
            if isinstance(found, Look):
                looks.append(found)
                fingerprints += fingerprint_files(source)
            else:
                problems.append(_said((*path, "output"), found, places or {}))
            continue
        spec = catalog[source.dataset]
        inputs.append(Input(source, spec, len(inputs), source.role == "reference"))
        undivided = emitting and _undivided(source, spec)
        found = undivided or _look(source, spec)
        if isinstance(found, Look):
            looks.append(found)
        else:
            fixes = [] if undivided else hints(source, look_around(source, catalog))
            problems.append(_said((*path, "root"), "\n    ".join([found, *fixes]), places or {}))
    if emitting and recipe.captions.imported:
        try:
            recipe = replace(recipe, captions=_with_digest(recipe.captions))
        except UserError as error:
            problems.append(_said(("captions", "imported"), str(error), places or {}))
    if emitting and recipe.scores:
        try:
            recipe = replace(recipe, scores=replace(recipe.scores, sha256=check_digest(recipe.scores)))
        except UserError as error:
            problems.append(_said(("scores",), str(error), places or {}))
    if problems:
        raise LayoutError("\n".join(problems))
    return Resolved(recipe, tuple(inputs), tuple(fingerprints), tuple(looks))


def _with_digest(captions: Captions) -> Captions:
    """The options with the digest of the imported file. Raises UserError where it cannot be read, or is not the one stated."""
    from skypairs.transforms.imported import import_file  # the checker of captions comes with it

    assert captions.imported
    digest = import_file(captions.imported).sha256
    if captions.imported_sha256 not in ("", digest):
        raise UserError(f"{captions.imported} is another file than captions.imported_sha256 says: its SHA-256 is {digest}")
    return replace(captions, imported_sha256=digest)


def role_of(dataset: str, role: str, catalog: Mapping[str, DatasetSpec]) -> Literal["train", "reference"]:
    """The role of a source: what it says, else the dataset's own."""
    if role:
        return "reference" if role == "reference" else "train"
    return catalog[dataset].default_role if dataset in catalog else "train"


def _named(recipe: Recipe, catalog: Mapping[str, DatasetSpec]) -> Recipe:
    sources = tuple(
        replace(source, name=default_name(source), role=role_of(source.dataset, source.role, catalog))
        for source in recipe.sources
    )
    references = tuple(
        replace(item, name=default_name(item), role="reference")
        if isinstance(item, Source)
        else replace(item, name=output_name(item))
        if isinstance(item, OutputSource)
        else item
        for item in recipe.references
    )
    return replace(recipe, sources=sources, references=references)


def _sources(recipe: Recipe) -> Iterator[tuple[KeyPath, Source]]:
    for at, source in enumerate(recipe.sources):
        yield ("sources", at), source
    for at, reference in enumerate(recipe.references):
        if isinstance(reference, Source):
            yield ("references", at), reference


def _recipe_problems(recipe: Recipe, catalog: Mapping[str, DatasetSpec], emitting: bool) -> Iterator[tuple[KeyPath, str, str]]:
    """What no folder needs to be opened for. The reader of recipes says the same with line numbers."""
    seen: dict[str, KeyPath] = {}
    for path, source in _sources(recipe):
        if problem := source_problem(source.dataset, source.split, catalog):
            yield path, *problem
        elif emitting and source.role == "train" and source.split and not catalog[source.dataset].split(source.split).annotated:
            yield (
                path,
                "split",
                f'split "{source.split}" of {source.dataset} has pictures only: it can be a reference, not a source',
            )
        elif source.name in seen:
            yield path, "name", name_taken(source.name, seen[source.name])
        seen.setdefault(source.name, path)
    for at, reference in enumerate(recipe.references):
        if isinstance(reference, OutputSource):
            path = "references", at
            if reference.name in seen:
                yield path, "name", name_taken(reference.name, seen[reference.name])
            elif not re.fullmatch(NAME, reference.name):
                yield path, "name", f'"{reference.name}" cannot begin an id: set `name` to letters, digits, . _ or -'
            seen.setdefault(reference.name, path)
    if all(source.role == "reference" for source in recipe.sources):
        yield (), "sources", "every source has the role reference: nothing would be emitted"


def name_taken(name: str, by: KeyPath) -> str:
    """The message for two sources of one name."""
    return f'"{name}" is the name of {dotted(by)} already: set `name` to something else'


def _expanded(recipe: Recipe, catalog: Mapping[str, DatasetSpec]) -> Iterator[tuple[KeyPath, Listed]]:
    """The references with `auto` replaced: held-out splits under the sources' roots that the recipe does not name itself.

    Each with the path of the entry of the recipe that it comes from.
    """
    known = {(item.dataset, item.root, item.split) for _, item in _sources(recipe)}
    names = {item.name for item in (*recipe.sources, *recipe.references) if isinstance(item, Source | OutputSource)}
    for at, reference in enumerate(recipe.references):
        if reference != "auto":
            yield ("references", at), reference
            continue
        for source in recipe.sources:
            spec = catalog[source.dataset]
            for split in spec.splits:
                held = Source(source.dataset, source.root, split=split.name, licence=source.licence, role="reference")
                if split.role != "test" or (held.dataset, held.root, held.split) in known:
                    continue
                known.add((held.dataset, held.root, held.split))
                if not isinstance(_look(held, spec), Look):
                    continue
                held = replace(held, name=_free(default_name(held), names))
                names.add(held.name)
                yield ("references", at), held


def _free(name: str, taken: set[str]) -> str:
    """The name, or with the first number from 2 that makes it a new one: two roots of one dataset have test splits alike."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def _look(source: Source, spec: DatasetSpec) -> Look | str:
    """What lies there, or why it cannot be used: path, dataset and the layout expected."""
    what = spec.name + (f", split {source.split}" if source.split else "")
    try:
        if not storage.is_folder(source.root):
            problem = "there is no such folder"
        elif (look := spec.reader.look(source)).pictures:
            return look
        else:
            problem = "no pictures found"
    except (LayoutError, OSError, ValueError) as error:
        problem = str(error).removeprefix(f"{source.root}: ")
    layout = "\n".join(f"      {line}" for line in spec.layout.strip().splitlines())
    return f"{source.root} ({what}): {problem}\n    layout expected below the root:\n{layout}"


def _undivided(source: Source, spec: DatasetSpec) -> str:
    """What is wrong with a source that names no split of a dataset whose splits are there: it would train on the test set.

    Folders that are not divided, references, and sources that name their files themselves are taken whole.
    """
    if source.split or source.images or source.annotations or source.role == "reference":
        return ""
    found = [split.name for split in spec.splits if isinstance(_look(replace(source, split=split.name), spec), Look)]
    return f"{source.root} ({spec.name}) has the splits {', '.join(found)}: name one in `split`" if found else ""


def _exists(uri: str) -> bool:
    try:
        return storage.stat(uri) is not None
    except (OSError, ValueError):
        return False


def _said(path: KeyPath, text: str, places: Mapping[KeyPath, Place]) -> str:
    name, at = dotted(path), path
    while at and at not in places:
        at = at[:-1]
    return f"{places[at]}: {name}: {text}" if at in places else f"{name}: {text}"
