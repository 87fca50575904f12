#!/bin/sh
# Starts cc-connect from a checkout; the first run installs what it needs into .venv beside it.
# Arguments go to cc-connect. Works from any folder: without a configuration that is the folder
# the agent works in.
set -eu
checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$checkout/scripts/environment.sh"

refuse_windows
find_python
check_venv
prepare "$checkout/.venv" requirements/build.txt requirements/run.txt
exec "$checkout/.venv/bin/cc-connect" "$@"
