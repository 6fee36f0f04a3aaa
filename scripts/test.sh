#!/usr/bin/env bash
# Every check, cheapest first; pytest's closing line is the last one printed. Arguments go to pytest.
source "$(dirname "$0")/common.sh"
cd "$ROOT"
export PATH="$VENV/bin:$PATH"
# Tests decide their settings themselves (PABAL_TEST_ADMIN_URL isn't one: it names a server to test on).
for name in $(env | sed -n 's/^\(PABAL_[A-Z_]*\)=.*/\1/p' | grep -v '^PABAL_TEST_'); do unset "$name"; done

# Python's checks and the browser code's side by side, each half a core's work: 45 s less than one after the other.
check_python() {
    ruff check --quiet . && ruff format --check --quiet . && mypy --no-error-summary && lint-imports --no-logo
}
say "ruff, mypy, import ladder"
check_python >"$CACHE/python-checks.log" 2>&1 &
python_checks=$!
if [ -f web/package.json ]; then
    source "$ROOT/scripts/node.sh"
    use_node
    install_web_packages
    install_node_sdk
    for step in lint typecheck test budget; do
        say "web: $step"
        (cd web && npm run --silent "$step" >"$CACHE/web-$step.log" 2>&1 </dev/null) || { tail -80 "$CACHE/web-$step.log" >&2; exit 1; }
    done
fi
wait "$python_checks" || { cat "$CACHE/python-checks.log" >&2; exit 1; }
say "pytest"
if [ $# -gt 0 ]; then
    exec pytest -n logical "$@"
fi
# The browser tests go first and by themselves: the driver keeps an event loop in its process, beside which no asynchronous
# test can run. Two of them at a time is what two cores carry.
pytest -n 2 --dist worksteal tests/e2e
# Never fewer than four: fifty acceptance tests spend most of their time waiting for leases and receipts to run out. Whoever
# is done takes some over from whoever still has many: else the last of them run alone for a minute and a half.
exec pytest -n "$(($(nproc) > 4 ? $(nproc) : 4))" --dist worksteal --ignore=tests/e2e
