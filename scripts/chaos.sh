#!/usr/bin/env bash
# Many random kills against real processes; the seed is printed and can be given again with SEED=n.
source "$(dirname "$0")/common.sh"
cd "$ROOT"
[ -f tests/acceptance/chaos.py ] || fail "tests/acceptance/chaos.py is not part of this release yet"
exec "$VENV/bin/python" tests/acceptance/chaos.py "$@"
