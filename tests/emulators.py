"""Object stores that speak the real protocols, on loopback: moto for s3://, gcp-storage-emulator for gs://."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from unittest import mock

import boto3


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(port: int, seconds: float = 60.0) -> None:
    """Returns once something listens on the port."""
    for _ in range(int(seconds * 20)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


@contextlib.contextmanager
def serving(*command: str, port: int, env: dict[str, str] | None = None) -> Iterator[None]:
    """A server of ours for the length of the block; it is ended by its own process id."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **(env or {})})
    try:
        wait_for(port)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _script(name: str) -> str:
    return os.path.join(os.path.dirname(sys.executable), name)


@contextlib.contextmanager
def s3_store() -> Iterator[str]:
    """A bucket of an s3 emulator, as a uri; the environment points at it."""
    port = free_port()
    env = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with serving(_script("moto_server"), "-H", "127.0.0.1", "-p", str(port), port=port), mock.patch.dict(os.environ, env):
        boto3.client("s3").create_bucket(Bucket="bucket")
        yield "s3://bucket"


@contextlib.contextmanager
def gs_store() -> Iterator[str]:
    """A bucket of a gs emulator, as a uri; the environment points at it."""
    port = free_port()
    command = ("gcp-storage-emulator", "start", "--host=127.0.0.1", f"--port={port}", "--in-memory", "--default-bucket=bucket")
    env = {"STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{port}"}
    with serving(_script(command[0]), *command[1:], port=port), mock.patch.dict(os.environ, env):
        yield "gs://bucket"
