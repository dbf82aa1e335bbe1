# Sourced by the scripts of this repository (bash): finds Python, makes and updates the environment .venv in the root.
#
#   make_environment        what `skypairs` needs
#   make_environment test   that and what its tests and checks need; further extras follow a comma: test,clip
#
# uv is used where it is there, for speed; pip does the same where it is not. Nothing is installed again while setup.py
# and pyproject.toml stay as they are.

ROOT="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)"
VENV="$ROOT/.venv"
PYTHON="$VENV/bin/python"

say() { printf '%s\n' "$*" >&2; }

# Prints the first Python that is new enough, or says what to install.
find_python() {
    local name
    for name in python3.11 python3 python3.12 python3.13 python; do
        if "$name" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            "$name" -c 'import sys; print(sys.executable)'
            return 0
        fi
    done
    say "skypairs needs Python 3.11 or newer, and found none (python3 here: $(python3 --version 2>/dev/null || printf none))."
    say "On Debian 12 or Ubuntu 24.04: sudo apt-get install python3 python3-venv"
    return 1
}

# Debian and Ubuntu ship Python without the part that puts pip into an environment.
provide_venv() {
    local python="$1" package
    "$python" -c 'import ensurepip' >/dev/null 2>&1 && return 0
    package="$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Installing $package ..."
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$package" >&2 && return 0
        apt-get update -qq >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$package" >&2
        return
    fi
    say "This Python cannot make environments yet. Run this once, then start again:"
    say "    sudo apt-get update && sudo apt-get install -y $package"
    return 1
}

environment_with_uv() {
    local python="$1" what="$2"
    command -v uv >/dev/null || return 1
    if ! "$PYTHON" -c '' >/dev/null 2>&1; then
        rm -rf "$VENV"
        uv venv --quiet --python "$python" "$VENV" || return 1
    fi
    uv pip install --quiet --compile-bytecode --python "$PYTHON" --editable "$what"
}

environment_with_pip() {
    local python="$1" what="$2"
    if ! "$PYTHON" -m pip --version >/dev/null 2>&1; then
        provide_venv "$python" || return 1
        rm -rf "$VENV"
        "$python" -m venv "$VENV" || return 1
    fi
    "$PYTHON" -m pip install --quiet --disable-pip-version-check --editable "$what"
}

make_environment() {
    local extra="${1:-}" stamp digest python what
    what="$ROOT${extra:+[$extra]}"
    stamp="$VENV/.skypairs${extra:+-$extra}"
    digest="$(cat "$ROOT/setup.py" "$ROOT/pyproject.toml" | cksum) $ROOT"
    if [ -x "$PYTHON" ] && "$PYTHON" -c '' >/dev/null 2>&1; then
        if [ "$(cat "$stamp" 2>/dev/null)" = "$digest" ]; then return 0; fi
        python="$PYTHON"
    else
        python="$(find_python)" || return 1
    fi
    say "Preparing the environment $VENV ..."
    if ! environment_with_uv "$python" "$what"; then
        if command -v uv >/dev/null; then say "uv did not manage; trying pip ..."; fi
        environment_with_pip "$python" "$what" || { say "The environment could not be prepared."; return 1; }
    fi
    printf '%s\n' "$digest" >"$VENV/.skypairs"
    printf '%s\n' "$digest" >"$stamp"
}
