#!/usr/bin/env bash
# Builds the web UI into src/pabal/ui/dist, only if its sources changed; the old files are served until the new ones are whole.
source "$(dirname "$0")/common.sh"
source "$ROOT/scripts/node.sh"
cd "$ROOT/web"

TARGET="$ROOT/src/pabal/ui/dist"
STAMP="$CACHE/web-dist.stamp"
wanted=$(
    {
        find . \( -name node_modules -o -name .next -o -name out -o -name test-results \) -prune -o -type f \
            ! -name '*.tsbuildinfo' ! -name 'next-env.d.ts' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
        sha256sum <"$ROOT/scripts/build-web.sh"
    } | digest
)
[ -f "$TARGET/index.html" ] && [ "$(cat "$STAMP" 2>/dev/null)" = "$wanted" ] && exit 0

use_node
install_web_packages
say "building the web UI"
rm -rf out
# Next itself, not `npm run`: one process less to keep alive, and no shell in between.
node node_modules/next/dist/bin/next build >"$CACHE/web-build.log" 2>&1 </dev/null || {
    tail -60 "$CACHE/web-build.log" >&2
    fail "the web UI could not be built (log: .cache/web-build.log)"
}
[ -f out/index.html ] || fail "the web UI was built without an index.html"
mkdir -p "$(dirname "$TARGET")"
rm -rf "$TARGET.new" "$TARGET.old"
cp -R out "$TARGET.new"
[ ! -e "$TARGET" ] || mv "$TARGET" "$TARGET.old"
mv "$TARGET.new" "$TARGET"
rm -rf "$TARGET.old"
echo "$wanted" >"$STAMP"
