"""docs/datasets.md, from the entries: `python -m skypairs.pipelines.catalog.document > docs/datasets.md`."""

import sys
from collections.abc import Mapping

from skypairs.pipelines.catalog import load
from skypairs.schemas.dataset import DatasetSpec

_TASKS = ("detection", "segmentation", "caption", "classification")
_EVIDENCE = {
    "sample": "checked on real files",
    "second source": "from two sources that agree",
    "documented": "from its documentation",
    "assumed": "partly assumed",
}
_HEAD = """# Datasets

Written from the catalogue (`pipelines/catalog`, one file a dataset) by `python -m skypairs.pipelines.catalog.document`; a test
keeps it current. `skypairs datasets NAME` prints the same of one dataset, and `skypairs init ROOT` recognises all of them
below a folder. Nothing is downloaded: a licence is between you and its owner. Splits in *italics* are held out unless a recipe
names them as sources; "pictures only" marks those without public labels. A set with the role `reference` is one that models
are evaluated on: it is compared with and never emitted unless a recipe gives them the role `train`."""


def document(catalog: Mapping[str, DatasetSpec]) -> str:
    """The page as Markdown. The same entries give the same text."""
    tasks = sorted({spec.task for spec in catalog.values()}, key=_TASKS.index)
    lines = [_HEAD, ""]
    for task in tasks:
        specs = [spec for _, spec in sorted(catalog.items()) if spec.task == task]
        lines += [
            f"## {task.capitalize()}",
            "",
            "| name | what | splits | classes | m/pixel | licence |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_row(spec) for spec in specs]
        lines += [""]
    for task in tasks:
        for _, spec in sorted(catalog.items()):
            if spec.task == task:
                lines += _section(spec)
    return "\n".join(lines).rstrip() + "\n"


def _row(spec: DatasetSpec) -> str:
    splits = " ".join(f"*{split.name}*" if split.role == "test" else split.name for split in spec.splits) or _role(spec)
    gsd = f"{spec.gsd:g}" if spec.gsd else ""
    cells = [f"[{spec.name}](#{spec.name})", spec.title, splits, str(len(spec.classes) or ""), gsd, spec.licence]
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _section(spec: DatasetSpec) -> list[str]:
    splits = ", ".join(
        f"{split.name} ({'held out' if split.role == 'test' else 'train'}{'' if split.annotated else ', pictures only'})"
        for split in spec.splits
    )
    passed = "" if spec.redistributable else " (pictures may not be passed on)"
    facts = {
        "Task": spec.task,
        "Role": _role(spec),
        "Splits": splits,
        "Licence": spec.licence + passed,
        "Homepage": f"<{spec.homepage}>" if spec.homepage else "",
        "Sensor": spec.sensor,
        "Metres a pixel": f"{spec.gsd:g}" if spec.gsd else "",
        "Published": ", ".join(f"{count:,} {what}" for what, count in spec.published),
        "Classes": ", ".join(dict.fromkeys(item.singular or f"({item.native}: left out)" for item in spec.classes)),
        "Shares pictures": f"with others of the family `{spec.family}`" if spec.family else "",
        "Known": _EVIDENCE[spec.evidence],
        "Notes": spec.notes,
        "Cite": spec.citation,
    }
    return [
        f"### {spec.name}",
        "",
        f"{spec.title}.",
        "",
        *(f"- {name}: {_line(fact)}" for name, fact in facts.items() if fact),
        "",
        "Layout below the root:",
        "",
        *(f"    {line}".rstrip() for line in spec.layout.strip().splitlines()),
        "",
        "How to get it:",
        "",
        *(f"{number}. {_line(step)}" for number, step in enumerate(spec.obtain, 1)),
        "",
    ]


def _role(spec: DatasetSpec) -> str:
    return "reference" if spec.default_role == "reference" else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(document(load()))
