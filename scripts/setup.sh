#!/bin/sh
# Make .venv ready: scripts/setup.sh run | dev. Quick where nothing has changed; run by make before all else.
#
# The project itself is put on the path by a .pth file and started by a script of three lines, so that nothing has to be
# built and no build tool fetched. Copies of the lock files in .venv tell what is installed there.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd)
case ${1:-run} in
  run) lock=requirements.lock ;;
  dev) lock=requirements-dev.lock ;;
  *) echo "usage: scripts/setup.sh run | dev" >&2; exit 2 ;;
esac

new_venv() {
  # shellcheck disable=SC2153 # PYTHON is the caller's choice
  for python in ${PYTHON:-python3.11 python3}; do
    "$python" -c '' 2>/dev/null && break
  done
  if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Python 3.11 or later is needed, and $python is $("$python" --version 2>/dev/null || echo missing): install it, or name one with: make PYTHON=/path/to/python3.11" >&2
    exit 1
  fi
  echo "Setting up .venv with $("$python" --version)" >&2
  rm -rf .venv
  if command -v uv >/dev/null; then
    uv venv --quiet --python "$(command -v "$python")" .venv
  elif ! "$python" -m venv .venv; then
    rm -rf .venv
    echo "$python cannot make a virtual environment: install its venv module (on Debian: apt-get install python3-venv)." >&2
    exit 1
  fi
  echo "$here" > .venv/place
}

install() {
  echo "Installing $lock" >&2
  if command -v uv >/dev/null; then
    uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock"
  else
    .venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock"
  fi
  echo "$here" > "$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/staffetta.pth"
  cat > .venv/bin/staffetta <<'END'
#!/bin/sh
PYTHONSAFEPATH=1 exec "$(dirname "$(readlink -f "$0")")/python" -m staffetta "$@"
END
  chmod +x .venv/bin/staffetta
  cp "$lock" ".venv/$lock"
}

# A clone that was moved has scripts that point to the old place.
[ "$(cat .venv/place 2>/dev/null)" = "$here" ] && .venv/bin/python -c '' 2>/dev/null || new_venv
cmp -s "$lock" ".venv/$lock" || install
for po in staffetta/locale/*/LC_MESSAGES/*.po; do
  [ -e "$po" ] || continue
  mo=${po%.po}.mo
  if [ ! -e "$mo" ] || [ -n "$(find "$po" -newer "$mo")" ]; then
    .venv/bin/python -m babel.messages.frontend --quiet compile -i "$po" -o "$mo"
  fi
done
