"""The catalogue: one small file a dataset, each ending in `SPEC`. Adding a dataset is adding a file."""

import importlib
import pkgutil

from skypairs.schemas.dataset import DatasetSpec


def load() -> dict[str, DatasetSpec]:
    """Every dataset by name, in order of name. Two of one name are a mistake in the catalogue: ValueError."""
    specs: dict[str, DatasetSpec] = {}
    for module in sorted(item.name for item in pkgutil.iter_modules(__path__)):
        spec = getattr(importlib.import_module(f"{__name__}.{module}"), "SPEC", None)
        if not isinstance(spec, DatasetSpec):
            continue
        if spec.name in specs:
            raise ValueError(f"two datasets of the catalogue are called {spec.name}; the second is in {module}.py")
        specs[spec.name] = spec
    return dict(sorted(specs.items()))
