#!/bin/sh
# Checks the whole project: ruff, mypy, and all tests with the coverage that is promised.
# With arguments only pytest is run, with those: `sh scripts/test.sh tests/store -k lock`.
# The last line is pytest's own.
set -eu
checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$checkout"
. scripts/environment.sh

refuse_windows
find_python
check_venv
prepare "$checkout/.venv-test" requirements/test.txt
PATH="$checkout/.venv-test/bin:$PATH"
export PATH

if [ $# -gt 0 ]; then
    exec python -m pytest "$@"
fi

failed=
check() {
    say "$*"
    "$@" || failed="$failed, $*"
}
check ruff check .
check ruff format --check .
check mypy

say 'pytest, on two processors; the life of a conversation must be covered to the last branch'
CC_CONNECT_CHECKS_FAILED=${failed#, }
export CC_CONNECT_CHECKS_FAILED
status=0
python -m pytest --numprocesses 2 --dist loadfile \
    --cov cc_connect.core.turn --cov-branch --cov-report term-missing:skip-covered \
    --cov-fail-under 100 || status=$?
[ -z "$failed" ] || [ "$status" != 0 ] || status=1
exit "$status"
