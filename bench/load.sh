#!/usr/bin/env bash
# whoami under load, as a ratio to a bare Kestrel route in the same run; memory, start-up, statements; logins beside the bare cost of their
# hash and, on PostgreSQL, beside a bare login (bench/Ascent.Benchmarks/BareLogin.cs); whoami at a fixed rate without and with logins beside it;
# hashing beside the C libraries. Some ten minutes with 10^4 sessions.
#   bench/load.sh                    both databases, 10^4 and 10^6 sessions
#   SESSIONS="10000" ENGINES=sqlite SECONDS_EACH=4 ROUNDS=5 CONNECTIONS="64 4 1" bench/load.sh
# The server (with PostgreSQL, where it is used) has one core, the load the other. Close other programs first. Tables that were filled
# in bulk are vacuumed and analysed, as autovacuum would have done behind a server that filled them.
set -euo pipefail
cd "$(dirname "$0")/.."
sudo=""; [ "$(id -u)" = 0 ] || sudo=sudo
command -v wrk > /dev/null || { $sudo apt-get update -qq; $sudo apt-get install -y -qq wrk > /dev/null; }
: "${SESSIONS:=10000 1000000}" "${ENGINES:=sqlite postgres}" "${SECONDS_EACH:=2}" "${ROUNDS:=5}" "${CONNECTIONS:=64 1}" "${RATE:=1000}" "${PEOPLE:=2000}"
work=$(mktemp -d); chmod 755 "$work"
group=/sys/fs/cgroup/cpu/ascent-bench
server=0 load=1 bare=18080 barelogin=18081 public=18433 admin=18434 pgport=$((20000 + $$ % 20000)) pids=()
cleanup() { for p in "${pids[@]:-}"; do kill "$p" 2> /dev/null || true; done; wait 2> /dev/null || true; eng/postgres.sh stop "$work/postgres" 2> /dev/null || true; rm -rf "$work"
  [ -d "$group" ] && echo $$ > "${group%/*}/cgroup.procs" && rmdir "$group"; } 2> /dev/null
trap cleanup EXIT

# PostgreSQL makes each of its processes the leader of a session. Where Linux groups processes by session (sched_autogroup), each is a group of
# its own then, and the scheduler lets such a group wait for up to 424 ms while another has work (docs/adr/0008). One control group for
# all, as a container or a unit of systemd is one, ends that.
if mkdir -p "$group" 2> /dev/null && echo $$ 2> /dev/null > "$group/cgroup.procs"; then :; else
  echo "no control group for the processor: PostgreSQL may stand still at times; sysctl kernel.sched_autogroup_enabled=0 helps as well" >&2
fi

./run.sh --build > /dev/null
dotnet publish bench/Ascent.Benchmarks/Ascent.Benchmarks.csproj -c Release -o "$work/bench" -v quiet --nologo
bench() { "$work/bench/Ascent.Benchmarks" "$@"; }
median() { sort -n | awk '{a[NR]=$1} END {print a[int((NR+1)/2)]}'; }
wrk_once() { # port, connections: "rate errors p50 p99" (µs)
  taskset -c $load wrk -t1 -c"$2" -d"${SECONDS_EACH}s" -s bench/load.lua "http://127.0.0.1:$1" | sed -n 's/^RESULT //p'
}
metric() { curl -s "localhost:$admin/metrics/prometheus" | awk -v n="$1" '$1 ~ "^"n {s+=$2} END {printf "%.0f", s}'; }
resident() { awk -v n="$1:" '$1 == n {printf "%.0f", $2 / 1024}' "/proc/$ascent/status"; }
wait_for() { for _ in $(seq 300); do curl -sf -o /dev/null "$1" && return; read -rt 0.05 <> <(:) || true; done; echo "$1 does not answer" >&2; exit 1; }

cat > "$work/kratos.yml" <<Y
log: { level: error }
secrets: { default: [ bench-secret-0123456789 ], cipher: [ 0123456789abcdef0123456789abcdef ] }
serve: { public: { base_url: "http://localhost:$public/", host: 127.0.0.1, port: $public }, admin: { base_url: "http://localhost:$admin/", host: 127.0.0.1, port: $admin } }
identity: { default_schema_id: default, schemas: [ { id: default, url: "file://$PWD/deploy/development/person.schema.json" } ] }
session: { whoami: { required_aal: aal1 } }
selfservice: { default_browser_return_url: "http://localhost/" }
hashers: { algorithm: argon2, argon2: { memory: 19MB, iterations: 2, parallelism: 1 } }
Y
taskset -c $server "$work/bench/Ascent.Benchmarks" bare $bare & pids+=($!)
wait_for "http://127.0.0.1:$bare/sessions/whoami"
dsn_of() { case $1 in sqlite) echo "sqlite://$work/$2.sqlite?_fk=true" ;; postgres) echo "postgres://postgres@127.0.0.1:$pgport/bench$2?sslmode=disable" ;; esac; }
if [[ $ENGINES == *postgres* ]]; then
  # A quarter of the memory, as PostgreSQL's manual advises.
  PG_OPTIONS="-c synchronous_commit=on -c max_wal_size=4GB -c shared_buffers=$(awk '/MemTotal/ {print int($2 / 4096)}' /proc/meminfo)MB" eng/postgres.sh start "$work/postgres" "$pgport" > /dev/null
  taskset -a -cp $server "$(head -1 "$work/postgres/postmaster.pid")" > /dev/null
fi

load() { taskset -c $load "$work/bench/Ascent.Benchmarks" "$@"; }
logins() { # how much a login costs beside its hash, on the server's core in turns; then whoami at a fixed rate without and with logins
  load people "http://localhost:$admin/" "$PEOPLE"
  # Warm, as above: a login runs through far more code than whoami, and is run far less often.
  load logins "http://localhost:$public/" "$PEOPLE" 8 40 > /dev/null
  local servers=("$public") yardstick=""
  if [ "$engine" = postgres ]; then
    DOTNET_TieredPGO=0 taskset -c $server "$work/bench/Ascent.Benchmarks" bare-login $barelogin "$DSN" "$PEOPLE" & yardstick=$!; pids+=($yardstick)
    wait_for "http://127.0.0.1:$barelogin/self-service/login/api"
    load logins "http://localhost:$barelogin/" "$PEOPLE" 8 20 > /dev/null
    psql -q "$DSN" -c "vacuum analyze"
    load logins "http://localhost:$public/" "$PEOPLE" 8 5 > /dev/null
    servers+=($barelogin)
  fi
  : > "$work/login$public"; : > "$work/login$barelogin"; : > "$work/hash"; : > "$work/calm"; : > "$work/storm"; errors=0
  for _ in $(seq "$ROUNDS"); do
    taskset -c $server "$work/bench/Ascent.Benchmarks" hash "$SECONDS_EACH" >> "$work/hash"
    for port in "${servers[@]}"; do
      read -r rate e p50 p99 < <(load logins "http://localhost:$port/" "$PEOPLE" 8 "$SECONDS_EACH"); errors=$((errors + e))
      awk "BEGIN {print 1000 / $rate}" >> "$work/login$port"
    done
  done
  awk -v e="$engine" -v l="$(median < "$work/login$public")" -v h="$(median < "$work/hash")" -v b="$(median < "$work/login$barelogin")" -v errors="$errors" \
    'BEGIN {printf "%-9s a login %.2f ms, its hash alone %.2f ms: %.2f x; %serrors %d\n", e, l, h, l / h, b ? sprintf("a bare login %.2f ms, %.2f x its hash; ", b, b / h) : "", errors}'
  if [ -n "$yardstick" ]; then kill "$yardstick"; wait "$yardstick" 2> /dev/null || true; fi
  load steady $public "$TOKENS" "$RATE" 2 > /dev/null
  for _ in $(seq "$ROUNDS"); do
    load steady $public "$TOKENS" "$RATE" "$SECONDS_EACH" >> "$work/calm"
    load logins "http://localhost:$public/" "$PEOPLE" 8 $((SECONDS_EACH + 2)) > /dev/null & storm=$!
    read -rt 1 <> <(:) || true
    load steady $public "$TOKENS" "$RATE" "$SECONDS_EACH" >> "$work/storm"
    wait $storm
  done
  for kind in calm storm; do
    printf '%-9s whoami at %s/s, %-18s p50 %s µs  p99 %s µs  errors %s\n' "$engine" "$RATE" "$([ $kind = calm ] && echo alone || echo 'beside 8 logins'):" \
      "$(awk '{print $3}' "$work/$kind" | median)" "$(awk '{print $4}' "$work/$kind" | median)" "$(awk '{s += $2} END {print s}' "$work/$kind")"
  done
}

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
    computed=$(awk -v tick="$(getconf CLK_TCK)" '{printf "%d", ($14 + $15) * 1000 / tick}' "/proc/$ascent/stat")
    export TOKENS="$work/tokens"
    # Warm: what runs all the time has been compiled to its end.
    for _ in 1 2 3; do wrk_once $public 64 > /dev/null; wrk_once $bare 64 > /dev/null; done
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
    # What the program holds, and what it reads of files (its own code, SQLite's map of the database), which the system takes back when it needs it.
    printf '%-9s %-9s start to first 200: %s ms, %s ms of it computing; after the run: %s MB anonymous, %s MB of shared memory (compiled code), %s MB of files\n' "$engine" "$count" "$startup" "$computed" \
      "$(resident RssAnon)" "$(resident RssShmem)" "$(resident RssFile)"
    [ "$count" = "${SESSIONS##* }" ] && logins
    kill $ascent; wait $ascent 2> /dev/null || true
  done
done
kill "${pids[0]}"; wait "${pids[0]}" 2> /dev/null || true
taskset -c $server "$work/bench/Ascent.Benchmarks" hashing
