"""The columns of a build's samples as Hugging Face datasets declares them in a dataset card.

Declared, they need not be guessed from the first five samples, which may lack a field or be of one picture format of several.
"""

from typing import Any

import pyarrow as pa

from skypairs.schemas.arrow import SAMPLE_JSON

_PICTURES = ("jpg", "png", "webp")


def features(per_picture: int) -> list[dict[str, Any]]:
    """The `features` of the card's `dataset_info`: the members of a sample, then what the library itself adds."""
    captions = [(f"caption_{number}", pa.string()) for number in range(per_picture)]
    content = pa.struct([*SAMPLE_JSON, *captions])
    columns: list[tuple[str, Any]] = [(name, "image") for name in _PICTURES]
    columns += [("json", content), ("txt", pa.string()), ("__key__", pa.string()), ("__url__", pa.string())]
    return [{"name": name} | ({"dtype": kind} if kind == "image" else _typed(kind)) for name, kind in columns]


def _typed(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_struct(kind):
        return {"struct": [{"name": field.name} | _typed(field.type) for field in kind]}
    if pa.types.is_list(kind):
        inner = _typed(kind.value_type)
        return {"list": inner.get("dtype") or inner.get("struct") or inner}
    return {"dtype": _NAMES.get(kind, str(kind))}


_NAMES = {pa.float64(): "float64", pa.bool_(): "bool"}
