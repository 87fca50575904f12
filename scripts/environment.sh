# Sourced by start.sh and test.sh: finds a Python, makes a virtual environment, fills it.
# POSIX sh. Needs $checkout, the absolute path of the checkout.

say() {
    printf 'cc-connect: %s\n' "$*" >&2
}

give_up() {
    say "$@"
    exit 1
}

# How to get packages of the system here: "sudo" only where one is not root already.
apt_line() {
    root=sudo\ 
    [ "$(id -u)" != 0 ] || root=
    printf '%sapt-get update && %sapt-get install -y %s' "$root" "$root" "$*"
}

# What to type to get a Python: $1 are the packages of Debian and Ubuntu that would do.
python_line() {
    case $(uname -s) in
    Darwin) printf 'brew install python@3.12   (or the installer from python.org)' ;;
    *)
        if command -v apt-get >/dev/null 2>&1; then
            apt_line "$1"
        else
            printf 'install Python 3.11 or newer, with its venv module, by your package manager'
        fi
        ;;
    esac
}

refuse_windows() {
    case $(uname -s) in
    MINGW* | MSYS* | CYGWIN*)
        give_up 'Windows itself is not supported; use WSL (type "wsl --install" in PowerShell).'
        ;;
    esac
}

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Sets $python. $PYTHON goes first, so that a person can choose.
find_python() {
    for python in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$python" >/dev/null 2>&1 && new_enough "$python"; then
            return
        fi
    done
    if ! command -v python3 >/dev/null 2>&1; then
        say 'there is no python3 here. To get one:'
        give_up "  $(python_line 'python3 python3-venv')"
    fi
    say "$(python3 --version 2>&1) is too old; 3.11 or newer is needed. To get one:"
    give_up "  $(python_line 'python3.11 python3.11-venv')"
}

# Debian splits venv off: `import venv` works without it, `ensurepip` does not.
check_venv() {
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 && return
    package=python3-venv
    case $python in python3.*) package=$python-venv ;; esac
    say "$python cannot make virtual environments: a package is missing. To get it:"
    give_up "  $(python_line "$package")"
}

# Runs pip and shows one line per package; everything it says is kept for when it fails.
# $1 = venv, $2 = how many packages are to come, rest = arguments of `pip install`.
pip_install() {
    venv=$1 total=$2
    shift 2
    { "$venv/bin/python" -m pip install --disable-pip-version-check --no-input "$@" 2>&1 ||
        : >"$venv/failed"; } |
        tee -a "$venv/pip.log" |
        awk -v total="$total" '
            /^Collecting / { printf "  %d/%d %s\n", ++n, total, $2; fflush() }
            /^Installing collected/ { print "  unpacking"; fflush() }' >&2
    [ ! -e "$venv/failed" ] && return
    rm -f "$venv/failed"
    tail -n 25 "$venv/pip.log" >&2
    say "the packages could not be installed; what pip said is above, all of it in $venv/pip.log"
    give_up 'is the network there? Behind a proxy, set HTTPS_PROXY. Then run this again.'
}

# Fills the venv $1 from the requirements $2... unless the very same is in it already. The stamp
# names what it was made from: the path too, because an editable install does not survive a move.
prepare() {
    venv=$1
    shift
    stamp="$checkout $("$python" --version 2>&1) $(
        cd "$checkout" && cat "$@" pyproject.toml hatch_build.py | cksum
    )"
    if [ -x "$venv/bin/python" ] && [ "$(cat "$venv/stamp" 2>/dev/null)" = "$stamp" ]; then
        return
    fi
    say "making $venv ($("$python" --version 2>&1)); this is done once and takes a minute or two"
    "$python" -m venv --clear "$venv" || give_up "$venv could not be made"
    for requirements in "$@"; do
        count=$(grep -c '^[a-zA-Z].*==' "$checkout/$requirements")
        say "installing $requirements: up to $count packages, pinned and checked by hash"
        pip_install "$venv" "$count" --require-hashes -r "$checkout/$requirements"
    done
    say 'installing cc-connect itself'
    pip_install "$venv" 1 --no-deps --no-build-isolation -e "$checkout"
    printf '%s\n' "$stamp" >"$venv/stamp"
    say 'ready'
}
