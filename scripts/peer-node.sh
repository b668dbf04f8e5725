#!/bin/sh
# Install the npm package that tests/peers send through, into peers/node/node_modules. Needs node 18 or later and npm.
set -eu
cd "$(dirname "$0")/../peers/node"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "node 18 or later and npm are needed to send through node-smpp: on Debian, as root: apt-get install nodejs npm" >&2
  exit 1
fi
if ! cmp -s package-lock.json node_modules/.installed; then
  echo "Installing the npm package smpp" >&2
  npm ci --silent
  cp package-lock.json node_modules/.installed
fi
