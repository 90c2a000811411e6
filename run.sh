#!/usr/bin/env bash
# Builds Ascent and starts it for development: SQLite in data/, public on :4433, admin on :4434.
#   ./run.sh           build and start
#   ./run.sh --build   build only; the program is out/ascent afterwards
# Mail stays in the queue, to be read at the admin API, unless COURIER_SMTP_CONNECTION_URI names a server for it.
set -euo pipefail
cd "$(dirname "$0")"
case ${1:-} in
  "" | --build) ;;
  *) echo "usage: $0 [--build]" >&2; exit 2 ;;
esac
command -v dotnet > /dev/null || { echo "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0" >&2; exit 1; }

echo "Building Ascent: fetches packages and compiles ahead of time. The first build takes one to four minutes, later ones seconds to a minute."
dotnet publish src/Ascent.Server/Ascent.Server.csproj -c Release --use-current-runtime -p:PublishReadyToRun=true -o out/program -v quiet --nologo
ln -sfn program/Ascent.Server out/ascent
if [ "${1:-}" = --build ]; then
  echo "The program is $PWD/out/ascent"
  exit 0
fi

mkdir -p data
config=deploy/development/kratos.yml
export DSN="${DSN:-sqlite://$PWD/data/ascent.sqlite?_fk=true&mode=rwc}"
out/ascent migrate sql -e --yes -c "$config"
cat <<'TEXT'

Ascent listens on http://localhost:4433 (public) and http://localhost:4434 (admin). Press Ctrl-C to stop it.
Look at  http://localhost:4433/schemas/default  and  http://localhost:4433/health/ready  in a browser, or try

  curl -s localhost:4434/admin/identities -H 'content-type: application/json' -d '{"schema_id":"default","traits":{"email":"ada@example.org"}}'

The README goes on from there.

TEXT
[ -n "${COURIER_SMTP_CONNECTION_URI:-}" ] || printf 'Mail goes nowhere: what would be sent is at  http://localhost:4434/admin/courier/messages\n\n'
exec out/ascent serve -c "$config" --dev ${COURIER_SMTP_CONNECTION_URI:+--watch-courier}
