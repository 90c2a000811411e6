#!/usr/bin/env bash
# Installs the Debian package as somebody would who has nothing but a fresh Debian: in a chroot, with the packages that it
# declares and no others. Needs root, debootstrap and the network that this machine's own apt uses.
#   test/package.sh             packs two versions, then goes the whole way
#   ASCENT_CHROOT=DIR           a fresh debootstrap --variant=minbase to copy, instead of making one
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "This test makes a chroot: run it as root." >&2; exit 1; }
command -v debootstrap > /dev/null || { echo "debootstrap is missing: apt-get install debootstrap" >&2; exit 1; }

# The listeners are the machine's: the chroot has its files to itself, not its network.
public=${ASCENT_TEST_PORT:-38433} admin=$((${ASCENT_TEST_PORT:-38433} + 1))
step() { printf '\n== %s\n' "$*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }

base=$(sed -n 's/.*<Version>\(.*\)<\/Version>.*/\1/p' Directory.Build.props)
older=$base newer=$base+1
step "pack $older, and the same program as $newer"
[ -n "${PACKAGE_PROGRAM:-}" ] || { eng/package.sh "$older"; export PACKAGE_PROGRAM=$PWD/out/package/program; }
[ -e "out/package/ascent_${older}_amd64.deb" ] || eng/package.sh "$older"
eng/package.sh "$newer"

root=$(mktemp -d)
server=
stop() { if [ -n "$server" ]; then kill "$server" 2> /dev/null || true; wait "$server" 2> /dev/null || true; server=; fi; }
cleanup() { stop; umount "$root/proc" 2> /dev/null || true; umount "$root/dev/null" 2> /dev/null || true; rm -rf --one-file-system "$root"; }
trap cleanup EXIT

if [ -n "${ASCENT_CHROOT:-}" ]; then
  step "copy the fresh system in $ASCENT_CHROOT"
  cp -a "$ASCENT_CHROOT/." "$root/"
else
  step "debootstrap bookworm from this machine's mirror"
  mirror=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/*.sources 2> /dev/null || true)
  [ -n "$mirror" ] || mirror=$(awk '$1 == "deb" { print $2; exit }' /etc/apt/sources.list)
  debootstrap --variant=minbase bookworm "$root" "$mirror" > "$root.log" || { tail -n 20 "$root.log"; fail debootstrap; }
  rm -f "$root.log"
fi
chmod 755 "$root"
mount -t proc proc "$root/proc"
cp /etc/resolv.conf "$root/etc/resolv.conf" 2> /dev/null || true
cp /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d/" 2> /dev/null || true
cp "out/package/ascent_${older}_amd64.deb" "out/package/ascent_${newer}_amd64.deb" "$root/tmp/"
in_root() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" "$@"; }

step "apt-get install ./ascent_${older}_amd64.deb, what it needs and no more"
in_root apt-get update -qq
before=$(in_root dpkg-query -f '${Package}\n' -W | sort)
in_root apt-get install -y -qq --no-install-recommends "/tmp/ascent_${older}_amd64.deb" > "$root/tmp/install.log" 2>&1 || { tail -n 30 "$root/tmp/install.log"; fail install; }
echo "new packages: $(comm -13 <(echo "$before") <(in_root dpkg-query -f '${Package}\n' -W | sort) | tr '\n' ' ')"
in_root ascent --version

step "files, owners and modes"
in_root stat -c '%U:%G %a %n' /etc/ascent/kratos.yml /etc/ascent/secrets.yml /etc/ascent/admin-token /var/lib/ascent /usr/lib/ascent/ascent
[ "$(in_root stat -c '%U:%G %a' /etc/ascent/secrets.yml)" = "root:ascent 640" ] || fail "secrets.yml"
[ "$(in_root stat -c '%U:%G %a' /etc/ascent/admin-token)" = "root:root 600" ] || fail "admin-token"
[ "$(in_root stat -c '%U:%G %a' /var/lib/ascent)" = "ascent:ascent 750" ] || fail "/var/lib/ascent"
if command -v systemd-analyze > /dev/null; then
  step "systemd-analyze verify"
  # The chroot has no systemd, so its own targets are not there.
  systemd-analyze verify --man=no --root="$root" ascent.service 2>&1 | grep -v 'sysinit.target' || echo "nothing to say"
fi

step "start, by the unit's own lines and as its user"
# What is a fresh machine's port there is the test's here.
in_root sed -i "s/port: 4433/port: $public/; s/port: 4434/port: $admin/; s/:4433\//:$public\//; s/:4434\//:$admin\//" /etc/ascent/kratos.yml
unit() { sed -n "s/^$1=//p" "$root/usr/lib/systemd/system/ascent.service"; }
as_user() { exec chroot --userspec=ascent:ascent "$root" env -i PATH=/usr/bin:/bin DOTNET_EnableDiagnostics=0 "$@"; }
begin() {
  # shellcheck disable=SC2046 # the unit's lines are words
  (as_user $(unit ExecStartPre))
  as_user $(unit ExecStart) > "$root/tmp/server.log" 2>&1 & server=$!
  for _ in $(seq 150); do
    kill -0 "$server" 2> /dev/null || { cat "$root/tmp/server.log"; fail "the server ended"; }
    if curl -fs "http://127.0.0.1:$public/health/ready" > /dev/null; then return; fi
    sleep 0.2
  done
  cat "$root/tmp/server.log"; fail "the server is not ready"
}
begin
ps -o user:12,args -p "$server" | cut -c1-110

token=$(cat "$root/etc/ascent/admin-token")
ask() { curl -s -H "Authorization: Bearer $token" "$@"; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }

step "identity, session, whoami"
[ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$admin/admin/identities")" = 401 ] || fail "the admin API answers without its token"
printf '{"schema_id":"default","traits":{"email":"ada@example.org"},"credentials":{"password":{"config":{"password":"correct-horse-battery-9"}}}}' > "$root/tmp/ada.json"
in_root ascent identities import /tmp/ada.json -e "http://127.0.0.1:$admin" --token-file /etc/ascent/admin-token
id=$(in_root ascent identities list -q -e "http://127.0.0.1:$admin" --token-file /etc/ascent/admin-token)
action=$(curl -s "http://127.0.0.1:$public/self-service/login/api" | field action)
session=$(curl -s "$action" -H 'Content-Type: application/json' -d '{"method":"password","identifier":"ada@example.org","password":"correct-horse-battery-9"}' | field session_token)
[ -n "$session" ] || fail "no session"
whoami() { curl -s -o /dev/null -w '%{http_code}' -H "X-Session-Token: $session" "http://127.0.0.1:$public/sessions/whoami"; }
echo "whoami: $(whoami)"; [ "$(whoami)" = 200 ] || fail whoami

step "upgrade to $newer; configuration, secrets and people are kept"
in_root sed -i 's/level: info/level: warning/' /etc/ascent/kratos.yml
sums() { in_root sha256sum /etc/ascent/kratos.yml /etc/ascent/secrets.yml /etc/ascent/admin-token; }
kept=$(sums)
in_root apt-get install -y -qq --no-install-recommends "/tmp/ascent_${newer}_amd64.deb" > "$root/tmp/install.log" 2>&1 || { tail -n 30 "$root/tmp/install.log"; fail upgrade; }
[ "$(sums)" = "$kept" ] || fail "the upgrade changed the configuration"
in_root dpkg-query -W ascent
stop
begin
echo "whoami with the session of before: $(whoami)"; [ "$(whoami)" = 200 ] || fail "whoami after the upgrade"
ask "http://127.0.0.1:$admin/admin/identities/$id" | grep -q ada@example.org || fail "the identity is gone"

step "remove: the program goes, configuration and people stay"
stop
in_root apt-get remove -y -qq ascent > /dev/null 2>&1
[ ! -e "$root/usr/bin/ascent" ] || fail "the program is still there"
[ -s "$root/var/lib/ascent/ascent.sqlite" ] && [ -s "$root/etc/ascent/secrets.yml" ] || fail "remove took too much"

step "purge: everything goes"
in_root apt-get purge -y -qq ascent > /dev/null 2>&1
[ ! -e "$root/etc/ascent" ] && [ ! -e "$root/var/lib/ascent" ] || fail "purge left something"
in_root getent passwd ascent && fail "the user is still there"
printf '\nThe package is good.\n'
