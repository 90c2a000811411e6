#!/usr/bin/env bash
# whoami under load, as a ratio to a bare Kestrel route in the same run; memory, start-up, statements, hashing beside it.
#   bench/load.sh                    both databases, 10^4 and 10^6 sessions
#   SESSIONS="10000" ENGINES=sqlite SECONDS_EACH=4 ROUNDS=5 bench/load.sh
# The server (with PostgreSQL, where it is used) has one core, wrk the other. Close other programs first.
set -euo pipefail
cd "$(dirname "$0")/.."
sudo=""; [ "$(id -u)" = 0 ] || sudo=sudo
command -v wrk > /dev/null || { $sudo apt-get update -qq; $sudo apt-get install -y -qq wrk > /dev/null; }
: "${SESSIONS:=10000 1000000}" "${ENGINES:=sqlite postgres}" "${SECONDS_EACH:=5}" "${ROUNDS:=5}" "${CONNECTIONS:=64 4 1}"
work=$(mktemp -d); chmod 755 "$work"
server=0 load=1 bare=18080 public=18433 admin=18434 pgport=$((20000 + $$ % 20000)) pids=()
cleanup() { for p in "${pids[@]:-}"; do kill "$p" 2> /dev/null || true; done; wait 2> /dev/null || true; eng/postgres.sh stop "$work/postgres" 2> /dev/null || true; rm -rf "$work"; }
trap cleanup EXIT

./run.sh --build > /dev/null
dotnet publish bench/Ascent.Benchmarks/Ascent.Benchmarks.csproj -c Release -o "$work/bench" -v quiet --nologo
bench() { "$work/bench/Ascent.Benchmarks" "$@"; }
median() { sort -n | awk '{a[NR]=$1} END {print a[int((NR+1)/2)]}'; }
wrk_once() { # port, connections: "rate errors p50 p99" (µs)
  taskset -c $load wrk -t1 -c"$2" -d"${SECONDS_EACH}s" -s bench/load.lua "http://127.0.0.1:$1" | sed -n 's/^RESULT //p'
}
metric() { curl -s "localhost:$admin/metrics/prometheus" | awk -v n="$1" '$1 ~ "^"n {s+=$2} END {printf "%.0f", s}'; }
wait_for() { for _ in $(seq 300); do curl -sf -o /dev/null "$1" && return; read -rt 0.05 <> <(:) || true; done; echo "$1 does not answer" >&2; exit 1; }

cat > "$work/kratos.yml" <<Y
log: { level: error }
secrets: { default: [ bench-secret-0123456789 ], cipher: [ 0123456789abcdef0123456789abcdef ] }
serve: { public: { base_url: "http://localhost:$public/", host: 127.0.0.1, port: $public }, admin: { base_url: "http://localhost:$admin/", host: 127.0.0.1, port: $admin } }
identity: { default_schema_id: default, schemas: [ { id: default, url: "file://$PWD/deploy/development/person.schema.json" } ] }
session: { whoami: { required_aal: aal1 } }
selfservice: { default_browser_return_url: "http://localhost/" }
Y
taskset -c $server "$work/bench/Ascent.Benchmarks" bare $bare & pids+=($!)
wait_for "http://127.0.0.1:$bare/sessions/whoami"
dsn_of() { case $1 in sqlite) echo "sqlite://$work/$2.sqlite?_fk=true" ;; postgres) echo "postgres://postgres@127.0.0.1:$pgport/bench$2?sslmode=disable" ;; esac; }
if [[ $ENGINES == *postgres* ]]; then
  PG_OPTIONS="-c synchronous_commit=on -c max_wal_size=4GB" eng/postgres.sh start "$work/postgres" "$pgport" > /dev/null
  taskset -a -cp $server "$(head -1 "$work/postgres/postmaster.pid")" > /dev/null
fi

echo "database  sessions  connections  bare/s  whoami/s  ratio  p50 µs  p99 µs  statements/request  errors"
for engine in $ENGINES; do
  for count in $SESSIONS; do
    [ "$engine" = postgres ] && psql -q "postgres://postgres@127.0.0.1:$pgport/postgres" -c "create database bench$count"
    export DSN; DSN=$(dsn_of "$engine" "$count")
    bench seed "$DSN" "$count" "$work/tokens"
    started=$(date +%s%N)
    taskset -c $server out/ascent serve -c "$work/kratos.yml" & ascent=$!; pids+=($ascent)
    wait_for "http://127.0.0.1:$public/health/ready"
    startup=$((($(date +%s%N) - started) / 1000000))
    export TOKENS="$work/tokens"
    wrk_once $public 64 > /dev/null; wrk_once $bare 64 > /dev/null
    for c in $CONNECTIONS; do
      : > "$work/bare"; : > "$work/whoami"; : > "$work/ratio"; : > "$work/p50"; : > "$work/p99"; errors=0
      statements=$(metric ascent_session_lookup_statements) lookups=$(metric ascent_session_lookups)
      for round in $(seq "$ROUNDS"); do
        export SEED=$round
        read -r b _ _ _ < <(wrk_once $bare "$c"); read -r w e p50 p99 < <(wrk_once $public "$c")
        echo "$b" >> "$work/bare"; echo "$w" >> "$work/whoami"; awk "BEGIN {print $w / $b}" >> "$work/ratio"; echo "$p50" >> "$work/p50"; echo "$p99" >> "$work/p99"; errors=$((errors + e))
      done
      statements=$(($(metric ascent_session_lookup_statements) - statements)) lookups=$(($(metric ascent_session_lookups) - lookups))
      printf '%-9s %-9s %-12s %-7s %-9s %-6.2f %-7s %-7s %-19.3f %s\n' "$engine" "$count" "$c" "$(median < "$work/bare")" "$(median < "$work/whoami")" "$(median < "$work/ratio")" \
        "$(median < "$work/p50")" "$(median < "$work/p99")" "$(awk "BEGIN {print $statements / ($lookups ? $lookups : 1)}")" "$errors"
    done
    printf '%-9s %-9s start to first 200: %s ms; resident after the run: %s MB\n' "$engine" "$count" "$startup" "$(($(awk '/VmRSS/ {print $2}' "/proc/$ascent/status") / 1024))"
    kill $ascent; wait $ascent 2> /dev/null || true
  done
done
kill "${pids[0]}"; wait "${pids[0]}" 2> /dev/null || true
taskset -c $server "$work/bench/Ascent.Benchmarks" hashing
