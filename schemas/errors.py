"""Every error that skypairs raises on purpose.

    SkypairsError
    +-- DataError            one picture or annotation is bad: it becomes a `failed` ledger row and the run goes on
    |   +-- PictureError     unreadable, truncated, empty, too large, of a kind that cannot be decoded
    |   +-- AnnotationError  unparsable, missing, or at odds with its picture
    +-- UserError            the caller can fix it: said before anything is touched, exit status 2
    |   +-- RecipeError      an unknown key, a value out of range; names the line
    |   +-- LayoutError      a root, split or annotation file is not where the dataset keeps it
    |   +-- OutputError      the output belongs to another recipe, is in use, or does not fit on the disk
    +-- BuildStopped         the data as a whole is not fit to go on with: too many failures, unread references, ...

Anything else that is raised is a bug and stops the run.
"""


class SkypairsError(Exception):
    """Base of all errors raised on purpose."""


class DataError(SkypairsError):
    """One input is bad. `code` is a short stable phrase to count by; `detail` says more and never holds a local path."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    @property
    def reason(self) -> str:
        """The text of the ledger's `reason` column: `code` or `code: detail`, on one line of at most 200 characters."""
        text = f"{self.code}: {self.detail}" if self.detail else self.code
        return " ".join(text.split())[:200]

    def __str__(self) -> str:
        return self.reason


class PictureError(DataError):
    """A picture cannot be read or is not fit to train on."""


class AnnotationError(DataError):
    """An annotation cannot be read or contradicts its picture."""


class UserError(SkypairsError):
    """Something the caller can put right; the message says how."""


class RecipeError(UserError):
    """The recipe is wrong; the message names file, line and the likely fix."""


class LayoutError(UserError):
    """Files are not where the dataset keeps them; the message names path, dataset and the layout expected."""


class OutputError(UserError):
    """The output cannot be written to, and was not touched."""


class BuildStopped(SkypairsError):
    """The build stops on the state of the data, not on a bug. The message is one line."""
