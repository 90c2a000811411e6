#!/usr/bin/env bash
# Builds everything, starts what the tests need, runs all of them and stops it again. The last line counts them.
#   ./test.sh            everything
#   ./test.sh FILTER…    what is passed on to the test program, as --filter-class "*Whoami*"
set -euo pipefail
cd "$(dirname "$0")"
command -v dotnet > /dev/null || { echo "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0" >&2; exit 1; }

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

work=$(mktemp -d)
chmod 755 "$work"
port=$((20000 + $$ % 20000))
trap 'eng/postgres.sh stop "$work/postgres" || true; rm -rf "$work"' EXIT
ASCENT_TEST_POSTGRES=$(PG_OPTIONS="-c fsync=off" eng/postgres.sh start "$work/postgres" "$port")
export ASCENT_TEST_POSTGRES

./run.sh --build
dotnet build Ascent.slnx -c Release -v quiet --nologo
status=0
dotnet test/Ascent.Tests/bin/Release/net10.0/Ascent.Tests.dll "$@" > "$work/tests.log" 2>&1 || status=$?
cat "$work/tests.log"
count() { sed -n "s/^ *$1: *\([0-9]*\)$/\1/p" "$work/tests.log" | tail -n 1; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
if [ "${CI:-}" = true ] && [ "${skipped:-0}" != 0 ]; then
  echo "Nothing may be skipped here." >&2
  status=1
fi
echo "${passed:-0} passed, ${failed:-0} failed, ${skipped:-0} skipped"
exit "$status"
