#!/bin/sh
# Writes requirements/*.txt anew from pyproject.toml: exact versions with hashes, for every Python
# and system the project supports. Needs `uv` on the PATH (have it in a venv of its own).
# Versions that still fit are kept; `sh scripts/pin.sh --upgrade` takes the newest.
set -eu
cd "$(dirname "$0")/.."

pin() {
    output=$1
    shift
    uv pip compile --output-file "$output" --generate-hashes --universal \
        --python-version 3.11 --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links --quiet "$@"
    printf '%s: %s packages\n' "$output" "$(grep -c '^[a-z].*==' "$output")"
}

pin requirements/build.txt --group build "$@"
pin requirements/run.txt pyproject.toml "$@"
pin requirements/test.txt pyproject.toml --extra test --group build \
    --constraints requirements/run.txt --constraints requirements/build.txt "$@"
