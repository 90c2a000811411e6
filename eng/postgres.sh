#!/usr/bin/env bash
# A PostgreSQL server of our own for tests and benches, in a directory of its own, on the loopback only.
#   eng/postgres.sh start DIR [PORT]   prints the DSN of its maintenance database
#   eng/postgres.sh stop DIR
set -euo pipefail
action=$1 dir=$2 port=${3:-54330}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
if [ -z "$bin" ] || [ ! -x "$bin/initdb" ]; then
  sudo=""; [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq >&2 && $sudo apt-get install -y -qq postgresql >&2
  bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
fi
# The server refuses to run as root: then it runs as the user that its package made.
as() { if [ "$(id -u)" = 0 ]; then (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@"); else "$@"; fi; }
case $action in
  start)
    mkdir -p "$dir"
    [ "$(id -u)" = 0 ] && chown postgres: "$dir"
    [ -s "$dir/PG_VERSION" ] || as "$bin/initdb" -D "$dir" -U postgres -A trust -E UTF8 --locale=C.UTF-8 > /dev/null
    as "$bin/pg_ctl" -D "$dir" -w -l "$dir/server.log" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300 -c shared_buffers=512MB ${PG_OPTIONS:-}" start > /dev/null
    echo "postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
    ;;
  stop) as "$bin/pg_ctl" -D "$dir" -m immediate stop > /dev/null ;;
  *) echo "usage: $0 start|stop DIR [PORT]" >&2; exit 2 ;;
esac
