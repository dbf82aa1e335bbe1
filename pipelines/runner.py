"""Which Beam runner runs a pipeline, and how its errors come back.

On one machine it is the FnApiRunner by name: Beam's DirectRunner first tries to download a binary without a time-out, and may
then run a second time by another way. `DaskRunner` is refused: it drops the output of finish_bundle and mixes tagged outputs.
"""

import contextlib
import logging
import re
from collections.abc import Callable, Iterator, Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.portability.api import beam_provision_api_pb2
from apache_beam.runners.portability.fn_api_runner import fn_runner
from apache_beam.runners.portability.portable_runner import JobServiceHandle

from skypairs.schemas import errors
from skypairs.schemas.errors import BuildStopped, SkypairsError, UserError
from skypairs.transforms import storage

_LOCAL = ("", "direct", "switchingdirect", "fnapi")
"""Names that mean this machine, as Beam understands them: in any case, with or without `Runner`."""

_TRACEBACK = "Traceback (most recent call last):\n"
_RAISED = re.compile(r"(?:[ \t][^\n]*\n|\n)*skypairs\.schemas\.errors\.(\w+): (.*)", re.DOTALL)
"""Frames of a traceback, then an error of ours and all that follows its name."""
_STEP = re.compile(r" \[while running '[^\n]*?'\].*|\n\Z", re.DOTALL)
"""What Beam adds to a message, and what another engine may add after that."""

_TELLTALES = (
    "root",  # PortableRunner: what the job service said
    "apache_beam.runners.common",
    "apache_beam.runners.direct.executor",
    "apache_beam.runners.portability.local_job_service",  # what worker processes say
    "apache_beam.runners.worker.sdk_worker",
)
"""Loggers that show an error with its traceback before it is raised."""


def run(wire: Callable[[beam.Pipeline], None], beam_args: Sequence[str] = ()) -> None:
    """Runs a pipeline to its end. Errors that skypairs raises on purpose come back as themselves, whatever the runner."""
    options = _Options(list(beam_args))
    pipeline = beam.Pipeline(runner=_runner(options), options=options)
    wire(pipeline)
    try:
        with _quiet():
            pipeline.run().wait_until_finish()
    except Exception as error:
        if str(error).startswith("KeyboardInterrupt"):  # Beam makes a RuntimeError of one that strikes inside a step
            raise KeyboardInterrupt from None
        if (ours := raised_on_purpose(error)) is not None:
            raise ours from None
        raise


def raised_on_purpose(error: Exception) -> SkypairsError | None:
    """The UserError or BuildStopped that ended a pipeline, with its message as it was raised; None if it was anything else.

    In this process Beam raises a copy of the error, with the step added to its message. From a worker process or another
    machine comes the text of a traceback, whose last error is what ended the run: one of ours that led to a bug is not it.
    """
    if isinstance(error, UserError | BuildStopped):
        kind, text = type(error), str(error)
    else:
        found = _RAISED.match(str(error).rpartition(_TRACEBACK)[2])
        named = getattr(errors, found[1], None) if found else None
        if found is None or not (isinstance(named, type) and issubclass(named, UserError | BuildStopped)):
            return None
        kind, text = named, found[2]
    return kind(_STEP.sub("", text, count=1))


class _Options(PipelineOptions):
    """Beam asks for views of its options for every transform it applies and parses all its arguments each time."""

    def view_as(self, cls: type[PipelineOptions]) -> PipelineOptions:
        """The same view every time; all views share one set of values."""
        views: dict[type[PipelineOptions], PipelineOptions] = self.__dict__.setdefault("_views", {})
        if cls not in views:
            views[cls] = super().view_as(cls)
        return views[cls]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Beam logs an error with its traceback, once in every layer, and then raises it: once is enough."""
    loggers = [logging.getLogger(name) for name in _TELLTALES]
    for logger in loggers:
        logger.addFilter(_drop)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(_drop)


def _drop(_: logging.LogRecord) -> bool:
    return False


def check_places(beam_args: Sequence[str], *uris: str) -> None:
    """Raises UserError where the workers of a runner could not see a place that the build needs."""
    local = [uri for uri in uris if storage.is_local(uri)]
    if local and _name(PipelineOptions(list(beam_args))) == "dataflow":
        raise UserError(f"{local[0]} is a folder of this machine, which Dataflow's workers cannot see: use gs://")


def _name(options: PipelineOptions) -> str:
    return (options.view_as(StandardOptions).runner or "").rpartition(".")[2].lower().removesuffix("runner")


def _runner(options: PipelineOptions) -> object:
    """The local runner, or None where the options name another one."""
    name = _name(options)
    if name == "dask":
        raise UserError("DaskRunner loses data silently (tagged outputs, finish_bundle): use FlinkRunner or DataflowRunner")
    if name not in _LOCAL:
        return None
    encoded = JobServiceHandle.encode_pipeline_options(options.get_all_options())
    info = beam_provision_api_pb2.ProvisionInfo(pipeline_options=encoded)
    return fn_runner.FnApiRunner(provision_info=fn_runner.ExtendedProvisionInfo(info))
