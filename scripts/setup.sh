#!/usr/bin/env bash
# Everything that the other commands need: uv, the locked Python packages in .venv, system libraries, the web UI.
# Safe to run again at any time: what is unchanged is skipped (a second run takes about 0.1 s).
source "$(dirname "$0")/common.sh"
cd "$ROOT"

# Two at once (make test beside make run) take turns.
exec 9>"$CACHE/setup.lock"
flock 9

install_uv() {
    local stamp="$CACHE/uv/.stamp" wanted
    wanted=$(digest <requirements-bootstrap.lock)
    [ -x "$UV" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    say "installing uv"
    rm -rf "$CACHE/uv"
    if "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
        "$PYTHON" -m venv "$CACHE/uv"
        "$CACHE/uv/bin/python" -m pip install -q --require-hashes --only-binary :all: -r requirements-bootstrap.lock
    elif "$PYTHON" -m pip --version >/dev/null 2>&1; then
        "$PYTHON" -m pip install -q --require-hashes --only-binary :all: --target "$CACHE/uv" -r requirements-bootstrap.lock
    elif command -v uv >/dev/null; then
        mkdir -p "$CACHE/uv/bin"
        ln -sf "$(command -v uv)" "$UV"
    else
        apt_install python3-venv
        install_uv
        return
    fi
    echo "$wanted" >"$stamp"
}

install_packages() {
    local stamp="$VENV/.pabal-stamp" wanted
    # The path is part of it: the editable install and the scripts' first lines name it.
    wanted=$({ cat requirements-dev.lock pyproject.toml scripts/setup.sh; echo "$ROOT"; "$PYTHON" -VV; } | digest)
    [ -x "$VENV/bin/pabal" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    say "installing Python packages"
    rm -f "$stamp"
    # A broken or foreign environment (the checkout was moved, Python was upgraded) is made anew.
    if ! "$VENV/bin/python" -c "import sys; raise SystemExit(sys.prefix != '$VENV')" 2>/dev/null; then
        "$UV" venv -q --clear --python "$PYTHON" "$VENV"
    fi
    "$UV" pip sync -q --compile-bytecode --python "$VENV/bin/python" --require-hashes requirements-dev.lock
    # No build isolation: the build back-end is in the lock, nothing unpinned is fetched.
    "$UV" pip install -q --python "$VENV/bin/python" --no-deps --no-build-isolation --editable .
    echo "$wanted" >"$stamp"
}

check_system() {
    local stamp="$VENV/.pabal-system" wanted packages
    wanted=$({ cat /etc/os-release 2>/dev/null; cat "$VENV/.pabal-stamp"; } | digest)
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    packages=$("$VENV/bin/pabal" doctor --packages)
    if [ -n "$packages" ]; then
        # shellcheck disable=SC2086  # a list of names
        apt_install $packages
    fi
    "$VENV/bin/pabal" doctor >"$CACHE/doctor.log" || { cat "$CACHE/doctor.log" >&2; exit 1; }
    echo "$wanted" >"$stamp"
}

PYTHON=$(find_python) || {
    apt_install python3 python3-venv
    PYTHON=$(find_python) || fail "Python 3.11 or newer is needed (this system has none)"
}
install_uv
install_packages
check_system
if [ -f web/package.json ]; then
    scripts/build-web.sh 9>&-  # nothing that it starts may keep the lock
fi
