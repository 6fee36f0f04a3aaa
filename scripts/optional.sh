#!/usr/bin/env bash
# Runs a `pabal` command that this release may not have yet, and says so in words if it hasn't.
source "$(dirname "$0")/common.sh"
command=$1
shift
if ! "$VENV/bin/pabal" "$command" --help >/dev/null 2>&1; then
    fail "\`pabal $command\` is not part of this release yet"
fi
exec "$VENV/bin/pabal" "$command" "$@"
