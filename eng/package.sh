#!/usr/bin/env bash
# Makes what is installed on other machines: out/package/ascent-VERSION-linux-x64.tar.gz and ascent_VERSION_amd64.deb.
# Both have the .NET runtime in them; the machine needs neither it nor the SDK.
#   eng/package.sh [VERSION]          the version of Directory.Build.props if none is given
set -euo pipefail
cd "$(dirname "$0")/.."
case ${1:-} in -*) echo "usage: $0 [VERSION]" >&2; exit 2 ;; esac
version=${1:-$(sed -n 's/.*<Version>\(.*\)<\/Version>.*/\1/p' Directory.Build.props)}
command -v dotnet > /dev/null || { echo "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0" >&2; exit 1; }
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2> /dev/null || date +%s)}
out=$PWD/out/package
mkdir -p "$out"

if [ -n "${PACKAGE_PROGRAM:-}" ]; then
  program=$PACKAGE_PROGRAM
else
  echo "Publishing $version (self-contained, compiled ahead; this takes minutes)"
  program=$out/program
  rm -rf "$program"
  # One file: not trimmed, since configuration and JSON are bound by reflection in places. The framework is compiled ahead already;
  # compiling it once more together with ours takes a quarter of an hour. Without the analyzer of single files, whose package would go into the lock files.
  dotnet publish src/Ascent.Server/Ascent.Server.csproj -c Release -r linux-x64 --self-contained true --artifacts-path "$out/build" -o "$program" \
    -p:PublishSingleFile=true -p:PublishReadyToRun=true -p:PublishReadyToRunComposite=false -p:EnableSingleFileAnalyzer=false -p:RestoreLockedMode=true -p:DebugType=none -p:GenerateDocumentationFile=false -p:RunAnalyzers=false -p:Version="$version" -v quiet --nologo
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "Packing ascent-$version-linux-x64.tar.gz"
tree=$work/ascent-$version-linux-x64
install -d "$tree"
install -m 0755 "$program/Ascent.Server" "$tree/ascent"
# SQLite of its own, for machines without libsqlite3.
if [ -e "$program/libe_sqlite3.so" ]; then install -m 0644 "$program/libe_sqlite3.so" "$tree/libe_sqlite3.so"; fi
install -m 0644 LICENSE README.md "$tree/"
install -m 0644 eng/package/ascent.service eng/package/kratos.yml eng/package/identity.schema.json "$tree/"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$work" -cf - "ascent-$version-linux-x64" | gzip -n -3 > "$out/ascent-$version-linux-x64.tar.gz"

echo "Packing ascent_${version}_amd64.deb"
deb=$work/deb
install -d "$deb/DEBIAN" "$deb/usr/lib/ascent" "$deb/usr/bin" "$deb/usr/lib/systemd/system" "$deb/usr/lib/sysusers.d" "$deb/usr/lib/tmpfiles.d" "$deb/usr/share/man/man8" "$deb/usr/share/doc/ascent"
install -d -m 0755 "$deb/etc/ascent"
install -m 0755 "$program/Ascent.Server" "$deb/usr/lib/ascent/ascent"
ln -s ../lib/ascent/ascent "$deb/usr/bin/ascent"
install -m 0644 eng/package/ascent.service "$deb/usr/lib/systemd/system/ascent.service"
install -m 0644 eng/package/ascent.sysusers "$deb/usr/lib/sysusers.d/ascent.conf"
install -m 0644 eng/package/ascent.tmpfiles "$deb/usr/lib/tmpfiles.d/ascent.conf"
install -m 0644 eng/package/kratos.yml eng/package/identity.schema.json "$deb/etc/ascent/"
gzip -n -9 < eng/package/ascent.8 > "$deb/usr/share/man/man8/ascent.8.gz"
install -m 0644 LICENSE "$deb/usr/share/doc/ascent/copyright"
for script in postinst prerm postrm; do install -m 0755 "eng/package/$script" "$deb/DEBIAN/$script"; done
printf '%s\n' /etc/ascent/kratos.yml /etc/ascent/identity.schema.json > "$deb/DEBIAN/conffiles"
# The runtime is in the program. What it loads by name: OpenSSL, SQLite; libjsonnet for templates that are not JSON.
cat > "$deb/DEBIAN/control" <<EOF
Package: ascent
Version: $version
Section: net
Priority: optional
Architecture: amd64
Maintainer: Ascent <ascent@localhost>
Installed-Size: $(du -sk --exclude=DEBIAN "$deb" | cut -f 1)
Depends: libc6 (>= 2.34), libgcc-s1, libstdc++6, libssl3t64 | libssl3, libsqlite3-0, ca-certificates, passwd
Recommends: libjsonnet0
Description: identity and session server, a drop-in for Ory Kratos
 Registration, login, second factors, recovery, verification and sessions
 by the API of Ory Kratos, on SQLite or PostgreSQL.
EOF
dpkg-deb --root-owner-group -Zxz -z2 --build "$deb" "$out/ascent_${version}_amd64.deb" > /dev/null
ls -l "$out"/*"$version"*
