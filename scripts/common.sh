# Sourced by the other scripts: where we are, how we speak, which Python.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE="$ROOT/.cache"
VENV="$ROOT/.venv"
UV="$CACHE/uv/bin/uv"
mkdir -p "$CACHE"

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# An empty or unwritable home is no reason to fail (containers, service accounts).
if [ -z "${HOME:-}" ] || [ ! -w "${HOME:-/nonexistent}" ]; then
    export HOME="$CACHE/home"
    mkdir -p "$HOME"
fi
export UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
export NEXT_TELEMETRY_DISABLED=1 NPM_CONFIG_UPDATE_NOTIFIER=false
# Offices with an inspecting proxy keep its certificate in the system's store; a bare container may have no store at all.
if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
    export UV_SYSTEM_CERTS=1 NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}"
fi

# Digest of files and words; the stamp of a step that needs no second run.
digest() { sha256sum | cut -c1-32; }

find_python() {
    local name
    for name in python3.13 python3.12 python3.11 python3; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

# apt_install PACKAGE...: installs as root, otherwise prints the line and stops.
apt_install() {
    if ! command -v apt-get >/dev/null; then
        fail "missing on this system: $*. Install what your distribution calls these, then run make setup again."
    fi
    if [ "$(id -u)" != 0 ]; then
        fail "ask an administrator to run once: apt-get update && apt-get install -y --no-install-recommends $*"
    fi
    say "installing system packages: $*"
    local log="$CACHE/apt.log"
    if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"; } \
        >"$log" 2>&1 </dev/null 9>&-; then
        tail -20 "$log" >&2
        fail "apt-get could not install: $*"
    fi
}
