"""Which Beam runner runs a pipeline, and how its errors come back.

On one machine it is the FnApiRunner by name: Beam's DirectRunner first tries to download a binary without a time-out, and may
then run a second time by another way. `DaskRunner` is refused: it drops the output of finish_bundle and mixes tagged outputs.
"""

import contextlib
import logging
import re
from collections.abc import Callable, Iterator, Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import DirectOptions, PipelineOptions, StandardOptions
from apache_beam.portability.api import beam_provision_api_pb2
from apache_beam.runners.portability.fn_api_runner import fn_runner
from apache_beam.runners.portability.portable_runner import JobServiceHandle

from skypairs.schemas.errors import BuildStopped, LayoutError, UserError

_LOCAL = ("", "DirectRunner", "FnApiRunner", "LocalRunner")
_OURS = {"BuildStopped": BuildStopped, "LayoutError": LayoutError, "UserError": UserError}
_RAISED = re.compile(r"^(?:skypairs\.schemas\.errors\.)(\w+): (.*?)(?: \[while running .*)?$", re.MULTILINE)


def run(wire: Callable[[beam.Pipeline], None], beam_args: Sequence[str] = ()) -> None:
    """Runs a pipeline to its end. Errors that skypairs raises on purpose come back as themselves, whatever the runner."""
    options = PipelineOptions(list(beam_args))
    runner = _runner(options)
    pipeline = beam.Pipeline(runner=runner, options=options)
    wire(pipeline)
    try:
        with _quiet() if runner else contextlib.nullcontext():
            pipeline.run().wait_until_finish()
    except Exception as error:
        if found := _RAISED.findall(f"{type(error).__module__}.{type(error).__name__}: {error}\n{error}"):
            name, text = found[-1]
            if name in _OURS:
                raise _OURS[name](text) from error
        raise


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Beam logs an error with its traceback and then raises it: once is enough."""
    log = logging.getLogger("apache_beam.runners.common")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def _runner(options: PipelineOptions) -> object:
    name = (options.view_as(StandardOptions).runner or "").rpartition(".")[2]
    if name == "DaskRunner":
        raise UserError("DaskRunner loses data silently (tagged outputs, finish_bundle): use FlinkRunner or DataflowRunner")
    if name not in _LOCAL:
        return None
    options.view_as(DirectOptions).direct_num_workers = options.view_as(DirectOptions).direct_num_workers or 1
    encoded = JobServiceHandle.encode_pipeline_options(options.get_all_options())
    info = beam_provision_api_pb2.ProvisionInfo(pipeline_options=encoded)
    return fn_runner.FnApiRunner(provision_info=fn_runner.ExtendedProvisionInfo(info))
