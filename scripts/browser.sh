#!/bin/sh
# Install Debian's Chromium for the browser tests where it is missing and can be installed; never fails: those tests are skipped then.
set -u
command -v chromium >/dev/null || command -v chromium-browser >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium for the browser tests" >&2
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  if apt-get -qq update >"$log" 2>&1 && apt-get -qq install -y --no-install-recommends chromium fonts-liberation >>"$log" 2>&1; then
    rm -f "$log"
    exit 0
  fi
  tail -5 "$log" >&2
  rm -f "$log"
fi
echo "Chromium is missing and cannot be installed here: the browser tests will be SKIPPED. As root: apt-get install chromium" >&2
