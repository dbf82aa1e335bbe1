"""The commands: each calls what it is for and shows the result, and returns the exit status. Nothing is decided here.

What a command needs is imported when it runs: `skypairs datasets` should not wait for Beam.
"""

import argparse
import sys
from typing import TYPE_CHECKING

from skypairs.pipelines import show
from skypairs.schemas.errors import UserError
from skypairs.schemas.execution import Execution

if TYPE_CHECKING:
    from skypairs.pipelines.resolve import Resolved


def _datasets(options: argparse.Namespace) -> int:
    from skypairs.pipelines import describe
    from skypairs.pipelines.catalog import load
    from skypairs.pipelines.resolve import nearest

    catalog = load()
    if options.name is None:
        show.table(describe.dataset_rows(catalog))
    elif options.name in catalog:
        show.lines(describe.dataset_lines(catalog[options.name]))
    else:
        raise UserError(f'there is no dataset "{options.name}"{nearest(options.name, catalog)}')
    return 0


def _init(options: argparse.Namespace) -> int:
    from skypairs.pipelines.init_recipe import recipe_for

    show.line(recipe_for(options.root).removesuffix("\n"))
    return 0


def _resolved(options: argparse.Namespace, emitting: bool = True) -> "Resolved":
    from skypairs.pipelines.catalog import load
    from skypairs.pipelines.read_recipe import read_with_places
    from skypairs.pipelines.resolve import resolve

    catalog = load()
    recipe, places = read_with_places(options.recipe, options.overrides, options.limit, catalog)
    return resolve(recipe, catalog, places, emitting)


def _warn(resolved: "Resolved") -> None:
    from skypairs.transforms.reference_file import policy_warnings

    for warning in policy_warnings(resolved.fingerprints, resolved.recipe):
        show.say(f"skypairs: warning: {warning}")


def _execution(options: argparse.Namespace) -> Execution:
    return Execution(options.workers, options.pool, options.staging, options.keep_staging, options.scene_seconds)


def _plan(options: argparse.Namespace) -> int:
    from skypairs.pipelines import describe
    from skypairs.pipelines.plan import plan

    resolved = _resolved(options)
    _warn(resolved)
    found = plan(resolved, options.captions)
    show.table(describe.plan_rows(found))
    show.lines(describe.plan_lines(found, resolved.recipe))
    return 0


def _build(options: argparse.Namespace) -> int:
    from skypairs.pipelines import describe
    from skypairs.pipelines.plan import check_disk
    from skypairs.pipelines.progress import shown
    from skypairs.transforms import storage

    resolved = _resolved(options)
    check_disk(resolved, options.out, options.staging)
    _warn(resolved)
    if options.extend:
        from skypairs.pipelines.extend_dataset import extend as build
    else:
        from skypairs.pipelines.build_dataset import build

    with shown(options.staging or storage.join(options.out, ".staging"), show.console(sys.stderr)):
        manifest, state = build(resolved, options.out, _execution(options), options.beam)
    if state == "already finished":
        more = ", and its sources hold nothing new" if options.extend else ""
        show.line(f"{options.out} is finished already, from the same recipe{more}: nothing was done")
    show.table(describe.funnel_rows(manifest))
    where = {"shards": "train", "report": "report.html", "what became of each picture": "ledger"}
    show.lines(
        [*describe.funnel_lines(manifest), "", *(f"{what}: {storage.join(options.out, at)}" for what, at in where.items())]
    )
    show.line(f"check it: skypairs verify {options.out}")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from skypairs.api import verify
    from skypairs.pipelines.named_shards import named_shards

    with show.bar("reading shards") as told:
        verdict = verify(options.out, named_shards(options.out, options.shards), options.quick, told)
    show.lines([*verdict.problems, *(f"note: {note}" for note in verdict.notes)])
    if not verdict.ok:
        show.say(f"skypairs: {options.out}: {sum(verdict.counts.values())} problems")
        return 1
    read = (
        f"shards read: {verdict.shards}, samples in them: {verdict.samples}, captions of rules found true: {verdict.captions}"
    )
    show.line(f"{options.out}: nothing wrong (pictures: {verdict.pictures}, {read})")
    for near in verdict.closest:
        apart = f"more than {near.distance} bits" if near.beyond else f"{near.distance} bits: {near.kept} and {near.reference}"
        show.line(f"closest to the references of {near.source}: {apart}")
    return 0


def _join(options: argparse.Namespace) -> int:
    from skypairs.api import join

    joined = join(options.outs)
    lines = []
    for name, split in (("train", joined.train), ("val", joined.val)):
        if split.path:
            lines += [f"--{name}-data '{split.path}'", f"--{name}-num-samples {split.samples}"]
        if split.factors:
            lines.append(f"--dataset-resampled --train-data-upsampling-factors {split.factors}")
    show.lines(lines)
    for split in (joined.train, joined.val):
        if split.sizes:
            show.say(f"counted in {split.sizes}")
    show.say("Outputs are not compared with each other here: name one under `references` of the other's recipe for that.")
    return 0


def _report(options: argparse.Namespace) -> int:
    from skypairs.transforms.report import write_report

    show.line(write_report(options.out))
    return 0


def _explain(options: argparse.Namespace) -> int:
    from skypairs.api import explain

    show.lines(explain(options.out, options.id).text)
    return 0


def _leaks(options: argparse.Namespace) -> int:
    from skypairs.api import leak_files, leaks

    if options.table:
        leak_files.check_table(options.table)
    confirm = {"true": True, "false": False}.get(options.confirm, "auto")
    rule = {"distance": options.distance, "orientations": options.orientations, "confirm": confirm}
    with show.bar("reading tars") as told:
        found = leaks(options.tars, options.references, **rule, workers=options.workers, progress=told)
    if options.table:
        leak_files.write_table(found, options.table)
    if options.page:
        leak_files.write_page(found, options.page)
    for warning in found.warnings:
        show.say(f"skypairs: warning: {warning}")
    if found.leaks or found.unread:
        show.table(leak_files.table_rows(found))
    for item in found.unread_references:
        show.say(f"skypairs: reference not compared: {item.tar}: {item.sample}: {item.reason}")
    show.say(
        f"skypairs: {found.leaked} of {found.samples} samples in {found.tars} tars are near one of {found.references} "
        f"references; not read: {len(found.unread)} samples, {len(found.unread_references)} references"
    )
    return 1 if found.leaks else 3 if found.unread_references else 0


def _captions(options: argparse.Namespace) -> int:
    from skypairs.api.exchange_captions import export_captions, import_captions
    from skypairs.transforms.storage import written_text

    if options.step == "export":
        if not options.file:
            export_captions(options.out, sys.stdout)
            return 0
        with written_text(options.file) as file:
            count = export_captions(options.out, file)
        show.line(f"{options.file}: {count} pictures")
        return 0
    base = options.file.removesuffix(".jsonl")
    passed, rejected = options.passed or f"{base}.passed.jsonl", options.rejected or f"{base}.rejected.jsonl"
    with written_text(passed) as good, written_text(rejected) as bad:
        found = import_captions(options.file, options.out, good, bad)
    show.line(f"{passed}: {found.passed} captions: {found.true} true, {found.not_read} not read by the checker")
    show.line(f"{rejected}: {found.false} false, {found.empty} without text, {found.unknown} of unknown ids")
    if found.unknown:
        show.say(f"skypairs: {options.out} has no picture of {found.unknown} captions: {', '.join(found.unknown_ids)} ...")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from skypairs.api.evaluate import evaluation_rows
    from skypairs.pipelines.evaluate_sets import evaluate_sets

    show.table(evaluation_rows(evaluate_sets(options)))
    return 0


def _fingerprint(options: argparse.Namespace) -> int:
    resolved = _resolved(options, emitting=False)
    from skypairs.pipelines.build_fingerprints import build

    count = build(resolved, options.file, _execution(options), options.beam)
    show.line(f"{options.file}: fingerprints of {count} pictures")
    return 0


COMMANDS = {
    "datasets": _datasets,
    "init": _init,
    "plan": _plan,
    "build": _build,
    "verify": _verify,
    "join": _join,
    "report": _report,
    "explain": _explain,
    "leaks": _leaks,
    "captions": _captions,
    "evaluate": _evaluate,
    "fingerprint": _fingerprint,
}
