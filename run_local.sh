#!/usr/bin/env bash
# Makes the environment and builds a dataset on this machine.
#
#   ./run_local.sh                                  a first look: fetches about 40 MB of real pictures, builds them into
#                                                   output/sample and verifies what was built
#   ./run_local.sh RECIPE OUT [options of build]    the same as `skypairs build RECIPE OUT [options]`
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/scripts/environment.sh"

SAMPLE="$ROOT/recipes/sample"
WHEELS="$ROOT/.cache/sample"
PICTURES="$ROOT/output/sample-pictures"
OUT="$ROOT/output/sample"

wheels_are_here() {
    [ -d "$WHEELS" ] || return 1
    sed -n 's/^\([a-z]*\)==\([0-9.]*\) --hash=sha256:\(.*\)$/\3  \1-\2-py3-none-any.whl/p' "$SAMPLE/wheels.txt" |
        (cd -- "$WHEELS" && sha256sum --check --status -)
}

# pip 24.1 and later refuse the metadata of one of the two (a dependency that it names in a way no longer allowed),
# although no dependency is wanted here. So an older pip fetches them, in a folder of its own.
fetch_wheels() {
    local tool="$WHEELS/pip" log="$WHEELS/download.log"
    wheels_are_here && return 0
    say "Fetching the sample pictures (about 40 MB) ..."
    mkdir -p -- "$WHEELS"
    rm -rf -- "$tool"
    {
        { command -v uv && uv pip install --quiet --python "$PYTHON" --target "$tool" "pip==24.0"; } ||
            "$PYTHON" -m pip install --quiet --target "$tool" "pip==24.0"
        PYTHONPATH="$tool" "$PYTHON" -m pip --disable-pip-version-check download --no-deps --only-binary=:all: \
            --require-hashes --requirement "$SAMPLE/wheels.txt" --dest "$WHEELS"
    } >"$log" 2>&1 || true
    wheels_are_here && return 0
    cat -- "$log" >&2
    say "The sample pictures could not be fetched: see above. A recipe over your own pictures needs no network:"
    say "    ./run_local.sh RECIPE OUT"
    return 1
}

case "${1:-}" in
-h | --help)
    sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
esac

make_environment
if [ "$#" -gt 0 ]; then
    exec "$VENV/bin/skypairs" build "$@"
fi

fetch_wheels
cd -- "$ROOT"
"$PYTHON" "$SAMPLE/make_sample.py" "$WHEELS" "$PICTURES"
"$VENV/bin/skypairs" build "$SAMPLE/sample.yaml" "$OUT"
"$VENV/bin/skypairs" verify "$OUT"

say ""
say "Built and verified. Where to look:"
say "    $OUT/report.html   what happened to the pictures, with pictures"
say "    $OUT/train/        the shards, for open_clip as they are"
say "    $OUT/ledger/       one row a picture: kept, duplicate, leak, cut, filtered or failed, and why"
say "    $SAMPLE/sample.yaml   the recipe; copy it for your own pictures"
