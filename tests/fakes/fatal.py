"""A reader of which two pictures are fatal, for builds that have to go on. It imports little: workers import it."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

from skypairs.schemas.dataset import Look, Reader
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, Scene


@dataclass(frozen=True)
class Fatal:
    """A reader that ends its process at one picture and does not return from another."""

    inner: Reader

    def look(self, source: Source) -> Look:
        return self.inner.look(source)

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        return self.inner.scenes(source, family)

    def annotation(self, scene: Scene) -> Annotation:
        if scene.key == "P0007":
            ctypes.string_at(0)
        while scene.key == "P0009":
            pass
        return self.inner.annotation(scene)
