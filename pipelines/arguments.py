"""The words of the command line: commands, options and their help. What they do is in `cli.py`."""

import argparse
import os
from importlib.metadata import version
from pathlib import Path


def command_line() -> argparse.ArgumentParser:
    """The parser; `command` of what it returns is the name of the command."""
    about = "Remote-sensing datasets into deduplicated, decontaminated image-caption pairs for CLIP pre-training."
    parser = argparse.ArgumentParser("skypairs", description=about, epilog="`skypairs COMMAND --help` says more.")
    parser.add_argument("--version", action="version", version=f"skypairs {version('skypairs')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, text: str, more: str = "") -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}. {more}".strip())

    datasets = command("datasets", "list the datasets that skypairs reads", "With NAME: all that is known of one.")
    datasets.add_argument("name", nargs="?", metavar="NAME")

    init = command("init", "write a commented recipe for the datasets found in a folder")
    init.add_argument("root", nargs="?", default=".", metavar="ROOT", help="folder to look into (default: this one)")

    plan = command("plan", "show what a build would read and make", "Opens no picture beyond a few headers.")
    _recipe_options(plan)
    plan.add_argument("--captions", type=_count, default=0, metavar="N", help="prepare N pictures and show their captions")

    build = command(
        "build",
        "build the shards of a recipe",
        "A build that was stopped goes on where it was when it is started again. Options after -- go to Beam.",
    )
    _recipe_options(build)
    build.add_argument("out", metavar="OUT", help="folder or object-store prefix to write to")
    more = "add new sources, references and pictures to the finished output there; its shards stay byte for byte"
    build.add_argument("--extend", action="store_true", help=more)
    _run_options(build)

    verify = command("verify", "check written shards again, without Beam", "Exit status 1 where something is wrong.")
    verify.add_argument("out", metavar="OUT")
    verify.add_argument("--shards", nargs="+", metavar="GLOB", help="only shards whose path below OUT matches")
    verify.add_argument("--quick", action="store_true", help="compare sizes and counts, decode nothing")

    report = command("report", "render report.html again from a finished output")
    report.add_argument("out", metavar="OUT")

    explain = command("explain", "say why a picture is or is not in a finished output, with its neighbours")
    explain.add_argument("out", metavar="OUT")
    explain.add_argument(
        "id", metavar="ID", help="as in the ledger; or a key of a shard, or the end of an id that one scene has"
    )

    leaks = command(
        "leaks",
        "find samples of any WebDataset tars that are near a reference picture",
        "Exit status: 0 none, 1 leaks, 3 none found but references that could not be read.",
    )
    shards = "tars, folders of them, or patterns: * and {00000..00041}"
    leaks.add_argument("tars", nargs="+", metavar="TARS", help=shards)
    what = f"fingerprint files (.parquet), outputs of skypairs, or {shards}"
    leaks.add_argument("--references", nargs="+", required=True, metavar="REFERENCE", help=what)
    leaks.add_argument("--distance", type=int, default=2, metavar="BITS", help="of 64, inclusive, 0 to 8 (default 2)")
    turned = "8: references are turned and mirrored, too (default); 1: they are not"
    leaks.add_argument("--orientations", type=int, choices=(1, 8), default=8, help=turned)
    looks = "whether near pairs also have to agree in their thumbnails (default auto: at a distance above 2)"
    leaks.add_argument("--confirm", choices=("auto", "true", "false"), default="auto", help=looks)
    leaks.add_argument("--table", default="", metavar="FILE", help="write all findings as .tsv or .parquet")
    leaks.add_argument("--page", default="", metavar="FILE.html", help="write a page with pictures of the nearest pairs")
    leaks.add_argument("--workers", type=_count, default=os.cpu_count() or 1, metavar="N", help="default: one a core")
    join = command(
        "join",
        "join finished outputs for one training",
        "Prints open_clip's options and writes one sizes.json for all, beside the first output's shards.",
    )
    join.add_argument("outs", nargs="+", metavar="OUT")

    captions = command("captions", "hand pictures out to be captioned, and take captions back")
    steps = captions.add_subparsers(dest="step", metavar="export|import", required=True)
    text = "write a finished output's pictures, boxes and captions as JSON lines"
    out = steps.add_parser("export", help=text, description=f"{text.capitalize()}.")
    out.add_argument("out", metavar="OUT")
    out.add_argument("file", nargs="?", default="", metavar="FILE.jsonl", help="default: standard output")
    text = "hold captions that a person or a model wrote against the boxes of a finished output"
    more = (
        'Lines are {"id": "...", "caption": "...", "by": "..."}. What is true, or cannot be read, is for `captions.imported`.'
    )
    back = steps.add_parser("import", help=text, description=f"{text.capitalize()}. {more}")
    back.add_argument("file", metavar="FILE.jsonl")
    back.add_argument("--check", required=True, metavar="OUT", dest="out")
    back.add_argument("--passed", default="", metavar="FILE", help="default: FILE.passed.jsonl")
    back.add_argument("--rejected", default="", metavar="FILE", help="with the reason of each; default: FILE.rejected.jsonl")

    evaluate = command(
        "evaluate",
        "evaluate a CLIP model: retrieval on caption sets, zero-shot classification on class folders",
        "SET is DATASET=ROOT or DATASET:SPLIT=ROOT, as the catalogue names them; the split of a caption set is "
        "`test` where none is given. Needs the extra `clip`.",
    )
    evaluate.add_argument("model", metavar="MODEL", help="of open_clip: ViT-B-32, hf-hub:ORG/NAME, local-dir:FOLDER")
    evaluate.add_argument("weights", nargs="?", default="", metavar="WEIGHTS", help="checkpoint file, or a published tag")
    evaluate.add_argument("--retrieval", type=_set, action="append", default=[], metavar="SET", help="may be repeated")
    evaluate.add_argument("--zero-shot", type=_set, action="append", default=[], metavar="SET", help="may be repeated")
    text = "sentence with {} for the class, may be repeated (default: a satellite photo of {}.)"
    evaluate.add_argument("--template", action="append", metavar="TEXT", help=text)
    evaluate.add_argument(
        "--as-written", action="store_true", help="do not capitalise captions, as RemoteCLIP's evaluation does"
    )
    evaluate.add_argument("--batch-size", type=_count, default=64, metavar="N")
    evaluate.add_argument("--device", default="", metavar="DEVICE", help="default: a GPU if there is one, else cpu")
    evaluate.add_argument("--precision", default="fp32", help="as open_clip names it: fp32, amp, amp_bf16, ... (default: fp32)")
    evaluate.add_argument("--limit", type=_count, metavar="N", help="N pictures of each set, by hash: for a first look")
    evaluate.add_argument("--json", metavar="FILE", help="write the figures there as well")

    fingerprint = command(
        "fingerprint",
        "write the fingerprints of a recipe's sources",
        "The file can be published and named under `references` of another recipe: it holds no picture.",
    )
    _recipe_options(fingerprint, limit=False)
    fingerprint.add_argument("file", metavar="FILE.parquet")
    _run_options(fingerprint)
    return parser


def _recipe_options(parser: argparse.ArgumentParser, limit: bool = True) -> None:
    parser.add_argument("recipe", metavar="RECIPE", help="YAML file")
    text = "set a key of the recipe, as in pictures.tile=512 or sources.0.cap=100; may be repeated"
    parser.add_argument("--set", action="append", default=[], metavar="KEY.KEY=VALUE", dest="overrides", help=text)
    if limit:
        parser.add_argument("--limit", type=_count, metavar="N", help="take N scenes of each source, by hash: for a first look")
    else:
        parser.set_defaults(limit=None)  # fingerprints are taken of whole sources


def _run_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--staging", default="", metavar="URI", help="where intermediate files go (default: beside the output)")
    parser.add_argument("--keep-staging", action="store_true", help="keep them when all is done")
    parser.add_argument("--workers", type=_count, default=os.cpu_count() or 1, metavar="N", help="default: one a core")
    parser.add_argument("--pool", choices=("threads", "processes"), default="threads", help="what the workers are")
    text = "with --pool processes: a scene that takes one longer has failed (default: 900)"
    parser.add_argument("--scene-seconds", type=_seconds, default=900.0, metavar="N", help=text)


def _set(text: str) -> tuple[str, str, str]:
    """DATASET[:SPLIT]=ROOT as (dataset, split, root)."""
    name, equals, root = text.partition("=")
    dataset, _, split = name.partition(":")
    if not (equals and dataset and root):
        raise argparse.ArgumentTypeError(f"must be DATASET=ROOT or DATASET:SPLIT=ROOT, is {text}")
    return dataset, split, str(Path(root).expanduser()) if root.startswith("~") else root


def _seconds(text: str) -> float:
    """More than nothing."""
    seconds = float(text)
    if not seconds > 0:
        raise argparse.ArgumentTypeError(f"must be more than 0, is {text}")
    return seconds


def _count(text: str) -> int:
    """A whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, is {number}")
    return number
