"""The command line: parses, calls, prints. What a command does stands in the module that it calls.

Results go to standard output, everything else to standard error. Tables are tab-separated text where standard output is no
terminal. Exit status: 0 done; 1 `verify` found something wrong, or `leaks` leaks; 2 the caller can fix it (recipe, paths,
disk); 3 stopped on the state of the data; 130 interrupted. Anything else is a bug and shows its traceback.
"""

import argparse
import logging
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from skypairs.pipelines.arguments import command_line
from skypairs.schemas.errors import SkypairsError, UserError
from skypairs.schemas.execution import Execution

if TYPE_CHECKING:
    from skypairs.pipelines.resolve import Resolved


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    at = words.index("--") if "--" in words else len(words)
    parser = command_line()
    options = parser.parse_args(words[:at])
    options.beam = words[at + 1 :]
    if options.beam and options.command not in ("build", "fingerprint"):
        parser.error("only `build` and `fingerprint` take Beam options after --")
    logging.getLogger().addFilter(_not_of_bigquery)
    try:
        status: int = _COMMANDS[options.command](options)
    except UserError as error:
        _say(f"skypairs: {error}")
        return 2
    except SkypairsError as error:
        _say(f"skypairs: stopped: {error}")
        return 3
    except KeyboardInterrupt:
        kept = "; what is prepared is kept: the same command goes on from there" if options.command == "build" else ""
        _say(f"skypairs: interrupted{kept}")
        return 130
    except BrokenPipeError:  # the reader of our output has gone, as in `skypairs datasets | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _not_of_bigquery(record: logging.LogRecord) -> bool:
    """Beam warns at import that a client of BigQuery is incomplete; nothing here uses it."""
    return not record.getMessage().startswith("apitools not found")


def _datasets(options: argparse.Namespace) -> int:
    from skypairs.pipelines import describe
    from skypairs.pipelines.catalog import load
    from skypairs.pipelines.resolve import nearest

    catalog = load()
    if options.name is None:
        _table(describe.dataset_rows(catalog))
    elif options.name in catalog:
        _lines(describe.dataset_lines(catalog[options.name]))
    else:
        raise UserError(f'there is no dataset "{options.name}"{nearest(options.name, catalog)}')
    return 0


def _init(options: argparse.Namespace) -> int:
    from skypairs.pipelines.init_recipe import recipe_for

    print(recipe_for(options.root), end="")
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
        _say(f"skypairs: warning: {warning}")


def _execution(options: argparse.Namespace) -> Execution:
    return Execution(options.workers, options.pool, options.staging, options.keep_staging, options.scene_seconds)


def _plan(options: argparse.Namespace) -> int:
    from skypairs.pipelines import describe
    from skypairs.pipelines.plan import plan

    resolved = _resolved(options)
    _warn(resolved)
    found = plan(resolved, options.captions)
    _table(describe.plan_rows(found))
    _lines(describe.plan_lines(found, resolved.recipe))
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

    with shown(options.staging or storage.join(options.out, ".staging"), _console(sys.stderr)):
        manifest, state = build(resolved, options.out, _execution(options), options.beam)
    if state == "already finished":
        print(f"{options.out} is finished already, from the same recipe: nothing was done")
    _table(describe.funnel_rows(manifest))
    where = {"shards": "train", "report": "report.html", "what became of each picture": "ledger"}
    _lines([*describe.funnel_lines(manifest), "", *(f"{what}: {storage.join(options.out, at)}" for what, at in where.items())])
    print(f"check it: skypairs verify {options.out}")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from skypairs.api import verify
    from skypairs.pipelines.named_shards import named_shards

    verdict = verify(options.out, named_shards(options.out, options.shards), options.quick)
    _lines([*verdict.problems, *(f"note: {note}" for note in verdict.notes)])
    if not verdict.ok:
        _say(f"skypairs: {options.out}: {sum(verdict.counts.values())} problems")
        return 1
    read = (
        f"shards read: {verdict.shards}, samples in them: {verdict.samples}, captions of rules found true: {verdict.captions}"
    )
    print(f"{options.out}: nothing wrong (pictures: {verdict.pictures}, {read})")
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
    _lines(lines)
    for split in (joined.train, joined.val):
        if split.sizes:
            _say(f"counted in {split.sizes}")
    _say("Outputs are not compared with each other here: name one under `references` of the other's recipe for that.")
    return 0


def _report(options: argparse.Namespace) -> int:
    from skypairs.transforms.report import write_report

    print(write_report(options.out))
    return 0


def _explain(options: argparse.Namespace) -> int:
    from skypairs.api import explain

    _lines(explain(options.out, options.id).text)
    return 0


def _leaks(options: argparse.Namespace) -> int:
    from skypairs.api import leak_files, leaks

    if options.table:
        leak_files.check_table(options.table)
    rule = {"distance": options.distance, "orientations": options.orientations}
    found = leaks(options.tars, options.references, **rule, workers=options.workers)
    if options.table:
        leak_files.write_table(found, options.table)
    if options.page:
        leak_files.write_page(found, options.page)
    for warning in found.warnings:
        _say(f"skypairs: warning: {warning}")
    if found.leaks or found.unread:
        _table(leak_files.table_rows(found))
    for item in found.unread_references:
        _say(f"skypairs: reference not compared: {item.tar}: {item.sample}: {item.reason}")
    _say(
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
        print(f"{options.file}: {count} pictures")
        return 0
    base = options.file.removesuffix(".jsonl")
    passed, rejected = options.passed or f"{base}.passed.jsonl", options.rejected or f"{base}.rejected.jsonl"
    with written_text(passed) as good, written_text(rejected) as bad:
        found = import_captions(options.file, options.out, good, bad)
    print(f"{passed}: {found.passed} captions: {found.true} true, {found.not_read} not read by the checker")
    print(f"{rejected}: {found.false} false, {found.empty} without text, {found.unknown} of unknown ids")
    if found.unknown:
        _say(f"skypairs: {options.out} has no picture of {found.unknown} captions: {', '.join(found.unknown_ids)} ...")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from skypairs.api.evaluate import evaluation_rows
    from skypairs.pipelines.evaluate_sets import evaluate_sets

    _table(evaluation_rows(evaluate_sets(options)))
    return 0


def _fingerprint(options: argparse.Namespace) -> int:
    resolved = _resolved(options, emitting=False)
    from skypairs.pipelines.build_fingerprints import build

    count = build(resolved, options.file, _execution(options), options.beam)
    print(f"{options.file}: fingerprints of {count} pictures")
    return 0


def _console(stream: Any) -> Console:
    return Console(file=stream, highlight=False)


def _table(rows: Sequence[Sequence[str]]) -> None:
    """A table for people on a terminal, tab-separated text for programs elsewhere. The first row holds the headers."""
    if not sys.stdout.isatty():
        _lines("\t".join(row) for row in rows)
        return
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for number, name in enumerate(rows[0]):
        table.add_column(name, overflow="fold", no_wrap=number == 0)
    for row in rows[1:]:
        table.add_row(*row)
    _console(sys.stdout).print(table, markup=False)


def _lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")  # in one piece: other threads may be logging


_COMMANDS = {
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

if __name__ == "__main__":
    sys.exit(main())
