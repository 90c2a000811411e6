#!/usr/bin/env bash
# Builds everything, starts what the tests need, runs all of them and stops it again. The last line counts them.
#   ./test.sh                 everything; of odd values and of random damage a part that the seed draws (SEED=N repeats a run, the seed is printed)
#   ./test.sh --long          everything, with every odd value at every door and a hundred times the random damage
#   ./test.sh --quick         a few minutes: the tests of single parts, and a seeded tenth of the recordings, on both databases
#   ./test.sh --conformance   only the recordings of Kratos in ../shared/conformance, on SQLite and PostgreSQL
#   ./test.sh --clients       only the clients that were written for Kratos, from test/clients
#   ./test.sh --documents     only what the documents in ../shared/spec/documents and the README print, from test/documents
#   ./test.sh FILTER…         only the test program; the words are passed on to it, as --filter-class "*Whoami*"
set -euo pipefail
cd "$(dirname "$0")"
command -v dotnet > /dev/null || { echo "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0" >&2; exit 1; }
parts="program conformance clients documents" share=1
export ASCENT_TEST_SEED=${SEED:-$((RANDOM * 32768 + RANDOM))} ASCENT_TEST_LONG=
case ${1:-} in
  --conformance | --clients | --documents) parts=${1#--}; shift ;;
  --long) ASCENT_TEST_LONG=1; shift ;;
  --quick) parts="program conformance" share=10; shift; set -- --filter-not-namespace "Ascent.Tests.Hardening" "$@" ;;
  ?*) parts=program ;;
esac
echo "Seed of this run: $ASCENT_TEST_SEED"
minutes="" began=$SECONDS
took() { minutes+="  $1 $(((SECONDS - began + 30) / 60)) min"; began=$SECONDS; }
wants() { [[ " $parts " == *" $1 "* ]]; }

sudo=""; [ "$(id -u)" = 0 ] || sudo=sudo
need() { # package, probe…: installs the package where the probe fails
  local package=$1; shift
  "$@" > /dev/null 2>&1 && return
  [ -n "${updated:-}" ] || { $sudo apt-get update -qq; updated=1; }
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq "$package" > /dev/null
}
library() { ldconfig -p | grep -q "$1"; }
need postgresql sh -c 'ls /usr/lib/postgresql/*/bin/initdb'
need libjsonnet0 library libjsonnet.so.0
need libargon2-1 library libargon2.so.1
need libsqlite3-0 library libsqlite3.so.0
need python3-aiosmtpd /usr/bin/python3 -c 'import aiosmtpd'
if wants conformance || wants clients || wants documents; then need nodejs node --version; fi
if wants documents; then
  need curl curl --version
  need python3 python3 --version
fi
if wants clients; then
  need npm npm --version
  need chromium test -x /usr/bin/chromium
fi

work=$(mktemp -d)
chmod 755 "$work"
port=$((20000 + $$ % 8000))
trap 'eng/postgres.sh stop "$work/postgres" || true; rm -rf "$work"' EXIT
ASCENT_TEST_POSTGRES=$(PG_OPTIONS="-c fsync=off" eng/postgres.sh start "$work/postgres" "$port")
export ASCENT_TEST_POSTGRES

status=0 passed=0 failed=0 skipped=0
add() { passed=$((passed + ${1:-0})) failed=$((failed + ${2:-0})) skipped=$((skipped + ${3:-0})); }
number() { sed -n "s/^$1 *\([0-9][0-9]*\)$/\1/p" "$work/log" | tail -n 1; }

./run.sh --build
took build
if wants program; then
  dotnet build Ascent.slnx -c Release -v quiet --nologo
  dotnet test/Ascent.Tests/bin/Release/net10.0/Ascent.Tests.dll "$@" > "$work/log" 2>&1 || status=$?
  cat "$work/log"
  add "$(number ' *succeeded:')" "$(number ' *failed:')" "$(number ' *skipped:')"
  took tests
fi

# Kratos's recordings, replayed on both databases.
conformance() {
  node test/conformance.mjs --port "$((28500 + $$ % 3000))" --share "$share" --seed "$ASCENT_TEST_SEED" "$@" > "$work/log" 2>&1 || status=1
  cat "$work/log"
  local figures
  figures=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$work/log" | tail -n 1)
  # shellcheck disable=SC2086
  add $figures
}
if wants conformance; then
  conformance
  conformance --postgres "$ASCENT_TEST_POSTGRES"
  took recordings
fi

node_tests() { # directory, patterns of files in it
  # shellcheck disable=SC2086
  (cd "$1" && node --test --test-reporter=spec --test-concurrency=1 $2) > "$work/log" 2>&1 || status=1
  cat "$work/log"
  add "$(number 'ℹ pass')" "$(number 'ℹ fail')" "$(number 'ℹ skipped')"
}

# What the documents and the README print, run as printed.
if wants documents; then
  node_tests test/documents './*.test.mjs'
  took documents
fi

# Kratos's SDK and Ory's user interface as they come from the registry, the latter in a browser.
if wants clients; then
  [ test/clients/node_modules/.package-lock.json -nt test/clients/package-lock.json ] || (cd test/clients && npm ci --no-audit --no-fund)
  node_tests test/clients './*.test.mjs elements/*.test.mjs'
  took clients
fi

if [ "${CI:-}" = true ] && [ "$skipped" != 0 ]; then
  echo "Nothing may be skipped here." >&2
  status=1
fi
echo "Minutes:$minutes; seed $ASCENT_TEST_SEED"
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
