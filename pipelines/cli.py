"""The command line: parses, calls, and says what went wrong. The commands themselves are in commands.py.

Results go to standard output, everything else to standard error. Tables are tab-separated text where standard output is no
terminal. Exit status: 0 done; 1 `verify` found something wrong, or `leaks` leaks; 2 the caller can fix it (recipe, paths,
disk); 3 stopped on the state of the data; 130 interrupted. Anything else is a bug and shows its traceback.
"""

import logging
import os
import sys
from collections.abc import Sequence

from skypairs.pipelines.arguments import command_line
from skypairs.pipelines.commands import COMMANDS
from skypairs.pipelines.show import say
from skypairs.schemas.errors import SkypairsError, UserError


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
        status: int = COMMANDS[options.command](options)
    except UserError as error:
        say(f"skypairs: {error}")
        return 2
    except SkypairsError as error:
        say(f"skypairs: stopped: {error}")
        return 3
    except KeyboardInterrupt:
        kept = "; what is prepared is kept: the same command goes on from there" if options.command == "build" else ""
        say(f"skypairs: interrupted{kept}")
        return 130
    except BrokenPipeError:  # the reader of our output has gone, as in `skypairs datasets | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _not_of_bigquery(record: logging.LogRecord) -> bool:
    """Beam warns at import that a client of BigQuery is incomplete; nothing here uses it."""
    return not record.getMessage().startswith("apitools not found")


if __name__ == "__main__":
    sys.exit(main())
