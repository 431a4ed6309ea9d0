#!/usr/bin/env bash
# Make .venv and install a locked requirements file into it: by uv where it can be had, else by pip.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Signalbox needs Python 3.11 or newer; $python is $("$python" -V). Set PYTHON=/path/to/python3.11." >&2; exit 1; }
if [ ! -x .venv/bin/python ]; then
  "$python" -m venv .venv || { echo "python3 -m venv does not work here. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
fi
uv=$(command -v uv || true)
if [ -z "$uv" ]; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check uv 2>/dev/null && uv=.venv/bin/uv
fi
if [ -n "$uv" ]; then
  VIRTUAL_ENV="$PWD/.venv" "$uv" pip install --quiet --require-hashes -r "$1"
else
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1"
fi
