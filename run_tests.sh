#!/usr/bin/env bash
# Makes the environment and runs the test suite.
#
#   ./run_tests.sh                 everything that takes seconds
#   ./run_tests.sh --all           also the tests marked slow, and those that need torch and open_clip
#   ./run_tests.sh [--all] -k tar  further arguments go to pytest
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/scripts/environment.sh"

case "${1:-}" in
-h | --help)
    sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
--all)
    shift
    marked=()
    extras=test,clip
    ;;
*)
    marked=(-m "not slow")
    extras=test
    ;;
esac

make_environment "$extras"
cd -- "$ROOT"
exec "$PYTHON" -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal "${marked[@]}" "$@"
