#!/usr/bin/env bash
# Resolve requirements/*.in with hashes and without the index's address.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() { uv pip compile -q --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" "$@"; }
lock requirements/runtime.in -o requirements.txt
lock -c requirements.txt requirements/dev.in -o requirements/dev.txt
