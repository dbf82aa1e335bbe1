"""A listing of an object store, taken once and asked many times: looking for a hundred layouts takes thousands of questions."""

from bisect import bisect_left
from collections.abc import Iterable

from skypairs.schemas.records import FileStamp


class Listing:
    """The files below a prefix, as they were when it was made."""

    def __init__(self, prefix: str, files: Iterable[FileStamp]) -> None:
        self.prefix = prefix.rstrip("/")
        self._files = {file.uri: file for file in sorted(files, key=lambda file: file.uri)}
        self._uris = list(self._files)
        self._folders: dict[str, set[str]] = {}
        self._direct: dict[str, list[FileStamp]] = {}
        for uri, file in self._files.items():
            folder, _, _ = uri.rpartition("/")
            self._direct.setdefault(folder, []).append(file)
            while len(folder) > len(self.prefix):
                above, _, name = folder.rpartition("/")
                names = self._folders.setdefault(above, set())
                if name in names:
                    break
                names.add(name)
                folder = above

    def holds(self, uri: str) -> bool:
        """Whether it can answer for a place."""
        return f"{uri.rstrip('/')}/".startswith(f"{self.prefix}/")

    def stat(self, uri: str) -> FileStamp | None:
        return self._files.get(uri)

    def is_folder(self, uri: str) -> bool:
        place = uri.rstrip("/")
        return place in self._folders or place in self._direct

    def folders(self, uri: str) -> list[str]:
        """Names of the folders directly below a place, sorted."""
        return sorted(self._folders.get(uri.rstrip("/"), ()))

    def files(self, uri: str) -> list[FileStamp]:
        """The files directly below a place, sorted by uri."""
        return list(self._direct.get(uri.rstrip("/"), ()))

    def below(self, uri: str) -> list[FileStamp]:
        """All files below a place, sorted by uri."""
        place = uri.rstrip("/")
        first, last = (bisect_left(self._uris, place + end) for end in ("/", "0"))  # "0" follows "/"
        return [self._files[name] for name in self._uris[first:last]]
