"""An extension, in the order in which it happens: new pictures into new shards, the old ones left as they are.

finished output + recipe with more sources or references
  | Ingest           lists all sources; scenes that the ledger knows are only compared with it
  | PrepareParts     new scenes, new references; the old output's pictures, from its shards
  | AddToOutput      references, then the old output, then the new pictures among themselves
  | (AddRegions      the same for crops of objects, of kept new pictures, where the recipe wants them)
  | AssignShards     an exact place for every new sample, in shards of their own
  | WriteShards, Account: as in a build; the manifest of old and new comes last
"""

import importlib.metadata
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import AsSingleton

from skypairs.pipelines.earlier_output import OUTPUT
from skypairs.pipelines.output import claim, finished, is_claimed
from skypairs.pipelines.resolve import Resolved
from skypairs.pipelines.runner import check_places, run
from skypairs.schemas.dataset import Input
from skypairs.schemas.errors import OutputError
from skypairs.schemas.execution import Execution
from skypairs.schemas.recipe import FingerprintSource, OutputSource, Source
from skypairs.schemas.recipe_identity import canonical, grown_as, recipe_digest
from skypairs.transforms import storage
from skypairs.transforms.account import Account, Written
from skypairs.transforms.add_regions import AddRegions
from skypairs.transforms.add_to_output import AddToOutput, old_pictures
from skypairs.transforms.assign_shards import AssignShards
from skypairs.transforms.check_unchanged import check_unchanged
from skypairs.transforms.confirm_hits import ConfirmHits
from skypairs.transforms.ingest import Ingest, list_scenes
from skypairs.transforms.parts import clear_staging
from skypairs.transforms.prepare_part import PreparedPart
from skypairs.transforms.prepare_parts import PrepareParts, StopOnFailures
from skypairs.transforms.previous_output import PreviousOutput
from skypairs.transforms.reference_file import check_fingerprints
from skypairs.transforms.score_captions import ScoreCaptions, load_scorer
from skypairs.transforms.select_pictures import SelectPictures
from skypairs.transforms.write_shards import WriteShards


def extend(resolved: Resolved, out: str, execution: Execution, beam_args: Sequence[str] = ()) -> tuple[dict[str, Any], str]:
    """Adds to the output at `out` and returns (manifest, "extended" or "already finished").

    Raises UserError before anything is touched, BuildStopped when the data are not fit to go on with: a known id has another
    picture, or a new reference is near a picture of the output. Until the new manifest is written the old one holds.
    """
    recipe = resolved.recipe
    out, staging = storage.absolute(out), storage.absolute(execution.staging or storage.join(out, ".staging"))
    check_places(beam_args, out, staging, *(item.source.root for item in resolved.inputs), *resolved.files)
    for uri in resolved.fingerprints:
        check_fingerprints(uri, recipe)
    manifest = finished(out)
    if manifest is None:
        raise OutputError(f"{out} holds no finished output that could be extended: build it first")
    previous = PreviousOutput(out, json.dumps(manifest))
    recipe = grown_as(recipe, manifest)
    done = manifest["digest"] == recipe_digest(recipe)
    if done and _has_grown(previous, resolved):
        recipe, done = replace(recipe, grown=recipe.grown + 1), False
    if done and not is_claimed(out):
        return manifest, "already finished"
    resolved = replace(resolved, recipe=recipe)
    if not done:
        _check(previous, resolved)
    if not done and recipe.scores is not None:
        load_scorer(recipe.scores)
    with claim(out, recipe, manifest["digest"]):
        if not done:
            run(lambda root: wire(root, resolved, previous, staging, execution), beam_args)
            manifest = json.loads(storage.read(storage.join(out, "manifest.json")))
        storage.sweep(out)
        if not execution.keep_staging:
            clear_staging(staging)
    return manifest, "extended"


def _has_grown(previous: PreviousOutput, resolved: Resolved) -> bool:
    """Whether a source lists a scene that the output does not know."""
    sources = (item for item in resolved.inputs if not item.reference)
    return any(previous.only_new(item, list_scenes(item, resolved.recipe)) for item in sources)


def _check(previous: PreviousOutput, resolved: Resolved) -> None:
    old, recipe = previous.manifest, resolved.recipe
    if problems := previous.problems(recipe):
        raise OutputError(
            f"{previous.out} cannot be extended by this recipe, which may only add sources and references:\n  "
            + "\n  ".join(problems)
        )
    version = importlib.metadata.version("skypairs")
    if old["skypairs"] != version:
        raise OutputError(f"{previous.out} was made by skypairs {old['skypairs']}, this is {version}: build anew")
    if recipe.scores is not None and recipe.scores.keep is not None:
        raise OutputError(
            f"{previous.out}: an output with scores.keep cannot be extended, since a share is of all pictures: build anew"
        )
    if recipe.captions.max_same is not None:
        raise OutputError(
            f"{previous.out}: an output with captions.max_same cannot be extended, since its texts are dealt out: build anew"
        )


def added(previous: PreviousOutput, resolved: Resolved) -> tuple[tuple[Input, ...], tuple[str, ...], bool]:
    """(all sources and the new references, new files of fingerprints, whether there are new references)."""
    plain = canonical(resolved.recipe)["references"]
    stated = json.loads(json.dumps(plain))
    fresh = [item for item, text in zip(resolved.recipe.references, stated, strict=True) if previous.is_new(text)]
    names = {item.name for item in fresh if isinstance(item, Source | OutputSource)}
    names |= {item.name for item in resolved.recipe.sources if item.name not in previous.manifest["funnel"]}
    files = {item.fingerprints for item in fresh if isinstance(item, FingerprintSource)}
    folders = tuple(item.output for item in fresh if isinstance(item, OutputSource) and item.references)
    chosen = tuple(uri for uri in resolved.fingerprints if uri in files or uri.startswith(folders or "\0"))
    inputs = tuple(item for item in resolved.inputs if not item.reference or item.source.name in names)
    known = {item["name"] for item in previous.manifest["recipe"]["sources"]}
    inputs = tuple(item for item in inputs if not item.reference or item.source.name not in known)
    return inputs, chosen, bool(chosen) or any(item.reference for item in inputs)


def wire(root: beam.Pipeline, resolved: Resolved, previous: PreviousOutput, staging: str, execution: Execution) -> None:
    """Builds the graph; nothing runs yet."""
    recipe, out = resolved.recipe, previous.out
    inputs, fingerprints, new_references = added(previous, resolved)
    sources = tuple(item for item in inputs if not item.reference)
    shards = Input(Source(OUTPUT.name, out, role="reference"), OUTPUT, len(resolved.inputs), True)

    parts = root | "Inputs" >> beam.Create(list(inputs)) | "Ingest" >> Ingest(recipe, staging, previous.only_new)
    prepared = parts | "PrepareParts" >> PrepareParts(recipe, inputs, staging, execution)
    known = root | "Sources" >> beam.Create(list(sources)) | "IngestKnown" >> Ingest(recipe, staging, previous.only_known)
    unchanged = (
        known
        | "PrepareKnown" >> PrepareParts(recipe, sources, staging, execution)
        | "BySource" >> beam.Map(_by_source)
        | "SourceTogether" >> beam.GroupByKey()
        | "Unchanged" >> beam.Map(check_unchanged, previous, staging)
    )
    fit = (
        (prepared | "StopOnFailures" >> StopOnFailures(recipe), unchanged)
        | "Verdicts" >> beam.Flatten()
        | "Fit" >> beam.CombineGlobally(all)
    )
    emitted = root | "Output" >> beam.Create([shards]) | "ListShards" >> Ingest(recipe, staging)
    hashed = emitted | "HashShards" >> PrepareParts(recipe, (shards,), staging, execution)
    old = hashed | "OldPictures" >> beam.FlatMap(old_pictures, recipe, staging)

    files = (*fingerprints, *previous.references)
    prepared, cuts, scores = (prepared, fit) | "ScoreCaptions" >> ScoreCaptions(recipe, staging, execution)
    chosen = (prepared, fit, cuts) | "SelectPictures" >> SelectPictures(previous.with_room(recipe), staging, files)
    new, references, crops, unseen = chosen
    looked_at = (prepared, hashed) | "AllParts" >> beam.Flatten()
    second_look = ConfirmHits(staging, files)
    add = AddToOutput(recipe, staging, second_look, new_references)
    found, pairs, clear = (new, references, old, looked_at) | "AddToOutput" >> add
    if recipe.regions is not None:
        search = AddRegions(recipe.dedup, staging, second_look)
        found, pairs = (new, crops, references, found, pairs, looked_at, old) | "AddRegions" >> search
    decisions = (unseen, found) | "Decisions" >> beam.Flatten()

    taken = (
        prepared
        | "Emitted" >> beam.Filter(lambda item: not item.part.reference)
        | "IfClear" >> beam.Map(_if_clear, AsSingleton(clear))
    )
    samples, places, _, texts = (taken, decisions) | "AssignShards" >> AssignShards(recipe, staging)
    written = samples | "WriteShards" >> WriteShards(recipe, out, staging, execution)
    told = (texts, scores) | "Told" >> beam.Flatten()
    account = Written(prepared=prepared, decisions=decisions, places=places, pairs=pairs, shards=written, counts=told)
    _ = account | "Account" >> Account(recipe, inputs, fingerprints, out, staging, previous)


def _by_source(prepared: PreparedPart) -> tuple[str, PreparedPart]:
    return prepared.part.source, prepared


def _if_clear(prepared: PreparedPart, clear: bool) -> PreparedPart:
    """Nothing is written before the old output is known to be clear of new references."""
    assert clear
    return prepared
