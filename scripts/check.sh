#!/usr/bin/env bash
# Lint, format and strict types: what has to be clean before a change goes in.
set -uo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/environment.sh"
make_environment test || exit 1
cd -- "$ROOT" || exit 1
status=0

"$PYTHON" -m ruff check . || status=1
"$PYTHON" -m ruff format --check . || status=1

# The folders are mapped into the namespace by setup.py, which mypy cannot follow: it reads a built copy.
types="$(mktemp -d)"
trap 'rm -rf "$types"' EXIT
"$PYTHON" setup.py --quiet build --build-base "$types/build" --build-lib "$types/lib" &&
    MYPYPATH="$types/lib" "$PYTHON" -m mypy --config-file pyproject.toml --namespace-packages \
        --explicit-package-bases -p skypairs || status=1

exit "$status"
