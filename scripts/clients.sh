#!/bin/sh
# Install the languages of old programs (PHP, Perl, curl) for their tests where they are missing and can be installed; never fails:
# those tests are skipped then.
set -u
have() {
  command -v curl >/dev/null && command -v php >/dev/null && command -v perl >/dev/null &&
    php -r 'exit(extension_loaded("curl") && extension_loaded("soap") ? 0 : 1);' && perl -MLWP::UserAgent -e 1 2>/dev/null
}
have && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing PHP, Perl's LWP and curl for the tests of old programs" >&2
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  if apt-get -qq update >"$log" 2>&1 && apt-get -qq install -y --no-install-recommends curl php-cli php-curl php-soap libwww-perl >>"$log" 2>&1 && have; then
    rm -f "$log"
    exit 0
  fi
  tail -5 "$log" >&2
  rm -f "$log"
fi
echo "PHP, Perl's LWP or curl is missing and cannot be installed here: the tests of old programs in them will be SKIPPED." >&2
echo "As root: apt-get install curl php-cli php-curl php-soap libwww-perl" >&2
