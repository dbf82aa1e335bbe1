"""The build, in the order in which it happens. The file to read first.

recipe.yaml
  | Ingest           lists each source into scenes, pairs them with annotations, groups them into parts
  | PrepareParts     cut_tiles -> mask_to_box -> box_to_caption -> fingerprint, part by part; files in staging
  | ScoreCaptions    where the recipe asks for it: similarity of pictures and captions, by a CLIP model
  | SelectPictures   who takes part: captions there, a score high enough, not over a cap, not flat where flat is dropped
  | FindDuplicates   fingerprints only: leaks, near-duplicates, who is kept, why
  | (AddRegions      the same for crops of objects, of kept pictures, where the recipe wants them)
  | AssignShards     an exact place for every kept sample
  | WriteShards      reads bytes through references, writes tar
  | Account          ledger, duplicates, references, report, manifest
"""

import json
from collections.abc import Sequence
from typing import Any

import apache_beam as beam

from skypairs.pipelines.output import claim, finished_manifest, is_claimed
from skypairs.pipelines.resolve import Resolved
from skypairs.pipelines.runner import check_places, run
from skypairs.schemas.execution import Execution
from skypairs.transforms import storage
from skypairs.transforms.account import Account, Written
from skypairs.transforms.add_regions import AddRegions
from skypairs.transforms.assign_shards import AssignShards
from skypairs.transforms.confirm_hits import ConfirmHits
from skypairs.transforms.find_duplicates import FindDuplicates
from skypairs.transforms.ingest import Ingest
from skypairs.transforms.parts import clear_staging
from skypairs.transforms.prepare_parts import PrepareParts, StopOnFailures
from skypairs.transforms.reference_file import check_fingerprints
from skypairs.transforms.score_captions import ScoreCaptions, load_scorer
from skypairs.transforms.select_pictures import SelectPictures
from skypairs.transforms.write_shards import WriteShards


def build(resolved: Resolved, out: str, execution: Execution, beam_args: Sequence[str] = ()) -> tuple[dict[str, Any], str]:
    """Makes the dataset at `out` and returns (manifest, "built" or "already finished").

    Raises UserError before anything is touched, BuildStopped when the data are not fit to go on with.
    """
    out, staging = storage.absolute(out), storage.absolute(execution.staging or storage.join(out, ".staging"))
    check_places(beam_args, out, staging, *(item.source.root for item in resolved.inputs), *resolved.files)
    for uri in resolved.fingerprints:
        check_fingerprints(uri, resolved.recipe)
    manifest = finished_manifest(out, resolved.recipe)
    state = "built" if manifest is None else "already finished"
    if manifest is not None and not is_claimed(out):
        return manifest, state
    if manifest is None and resolved.recipe.scores is not None:
        load_scorer(resolved.recipe.scores)  # what is wrong with it is said before hours of work
    with claim(out, resolved.recipe):
        if manifest is None:
            try:
                run(lambda root: wire(root, resolved, out, staging, execution), beam_args)
            except Exception:  # of two builds into one place on an object store, the first to end takes staging from the other
                if storage.is_local(out) or finished_manifest(out, resolved.recipe) is None:
                    raise
            manifest = json.loads(storage.read(storage.join(out, "manifest.json")))
        storage.sweep(out)  # what killed builds left
        if not execution.keep_staging:
            clear_staging(staging)
    return manifest, state


def wire(root: beam.Pipeline, resolved: Resolved, out: str, staging: str, execution: Execution) -> None:
    """Builds the graph; nothing runs yet."""
    recipe, inputs = resolved.recipe, resolved.inputs

    parts = root | "Inputs" >> beam.Create(list(inputs)) | "Ingest" >> Ingest(recipe, staging)
    prepared = parts | "PrepareParts" >> PrepareParts(recipe, inputs, staging, execution)
    fit = prepared | "StopOnFailures" >> StopOnFailures(recipe)

    prepared, cuts, scores = (prepared, fit) | "ScoreCaptions" >> ScoreCaptions(recipe, staging, execution)

    selected = (prepared, fit, cuts) | "SelectPictures" >> SelectPictures(recipe, staging, resolved.fingerprints)
    sources, references, crops, unseen = selected
    second_look = ConfirmHits(staging, resolved.fingerprints)
    found, pairs = (sources, references, prepared) | "FindDuplicates" >> FindDuplicates(recipe.dedup, second_look=second_look)
    if recipe.regions is not None:
        search = AddRegions(recipe.dedup, staging, second_look)
        found, pairs = (sources, crops, references, found, pairs, prepared) | "AddRegions" >> search
    decisions = (unseen, found) | "Decisions" >> beam.Flatten()

    emitted = prepared | "Emitted" >> beam.Filter(lambda item: not item.part.reference)
    samples, places, _, texts = (emitted, decisions) | "AssignShards" >> AssignShards(recipe, staging)
    shards = samples | "WriteShards" >> WriteShards(recipe, out, staging, execution)

    told = (texts, scores) | "Told" >> beam.Flatten()
    written = Written(prepared=prepared, decisions=decisions, places=places, pairs=pairs, shards=shards, counts=told)
    _ = written | "Account" >> Account(recipe, inputs, resolved.fingerprints, out, staging)
