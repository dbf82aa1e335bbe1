"""The page of `skypairs leaks`: one file, no network, no script."""

from collections.abc import Mapping, Sequence

from skypairs.transforms.report import gallery
from skypairs.transforms.report.choose import Pair
from skypairs.transforms.report.markup import paragraph, section, share, table, text
from skypairs.transforms.report.style import STYLE

_UNREAD = 200


def leaks_page(
    pairs: list[Pair],
    total: int,
    counts: Mapping[str, int],
    rule: str,
    unread: Sequence[tuple[str, str, str]],
    warnings: Sequence[str],
) -> str:
    """`pairs`: those shown of `total`. `counts`: samples, pictures, tars, references, leaked. `unread`: tar, sample, reason."""
    tiles = [
        (counts["leaked"], f"samples near a reference, {share(counts['leaked'], counts['samples'])} of all"),
        (counts["samples"], f"samples in {counts['tars']:,} tars"),
        (counts["references"], "reference pictures they were compared with"),
        (len(unread), "samples or references that could not be read and were not compared"),
    ]
    items = "".join(f"<li><b>{text(figure)}</b><span>{text(words)}</span></li>" for figure, words in tiles)
    title = "Samples near a reference"
    said = (
        f"{total:,} pictures are {rule} from a reference, or of the same pixels." if total else "No sample is near a reference."
    )
    look = any(pair.correlation is not None for pair in pairs)
    how = "Correlation is that of the two pictures, reduced to 32 x 32 gray pixels: below 0.95 look twice." if look else ""
    shown = f"The nearest {len(pairs):,} are shown." if len(pairs) < total else ""
    body = paragraph(said, shown, how) + "".join(paragraph(warning) for warning in warnings) + gallery.pairs(pairs, "sample")
    more = [("…", "", f"{len(unread) - _UNREAD:,} more")] if len(unread) > _UNREAD else []
    rows = table(("tar", "sample", "reason"), [*unread[:_UNREAD], *more], "Not compared") if unread else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title} · skypairs</title><style>{STYLE}</style></head>\n<body>"
        f'<header><h1>{title}</h1><ul class="tiles">{items}</ul></header>\n'
        f"<main>{section('leaks', 'Leaks', body)}{section('unread', 'Not compared', rows)}</main>"
        "<footer>Made by <code>skypairs leaks</code>.</footer></body></html>\n"
    )
