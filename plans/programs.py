"""Tables of programs that plans call in their checks."""

from __future__ import annotations

_CALLED_ALONE = """
    pytest tox nox mypy pyright pylint flake8 bandit ruff tsc eslint prettier jest vitest mocha make ctest ninja
    gradlew mvn rspec rubocop phpunit phpstan rake shellcheck hadolint yamllint markdownlint golangci-lint staticcheck
    stylelint swiftlint ktlint tflint pip-audit ls
"""
_CALLED_WITH_ARGUMENTS = """
    python python3 python3.11 python3.12 python3.13 node deno bun npm npx yarn pnpm pip pip3 pipx uv uvx poetry pdm
    cargo rustc go java javac kotlinc dotnet swift ruby bundle gem php composer perl lua elixir mix iex stack cabal
    git gh docker docker-compose podman kubectl helm kustomize just task manage.py django-admin flask alembic
    bash sh zsh grep egrep rg ag ack sed awk find fd cat head tail less cut sort uniq tr wc diff cmp comm xargs test [
    stat file jq yq xmllint curl wget http nc ss ping psql mysql sqlite3 redis-cli mongosh aws gcloud az cd cp mv rm
    mkdir touch chmod ln tar unzip sha256sum md5sum openssl which command echo printf gcc g++ clang codespell
    semgrep trivy ajv openapi-generator protoc buf sqlfluff detekt osv-scanner vulture radon hyperfine black isort
    coverage playwright cypress cmake bazel gradle ant biome pre-commit tree hatch mkdocs sphinx-build terraform gofmt
    rustfmt nproc
"""
_REPORTERS = """
    pytest tox nox mypy pyright pylint flake8 ruff tsc eslint jest vitest mocha playwright cypress make ctest bazel
    gradle mvn npm npx yarn pnpm cargo go dotnet rspec rubocop phpunit phpstan coverage pre-commit
"""
_BUILTINS = "cd pushd source . set export unset umask true false :"
_LAUNCHERS = "sudo env time nice xvfb-run nohup"

NEED_ARGUMENTS = frozenset(_CALLED_WITH_ARGUMENTS.split())
"""A program that says nothing when it is named alone: "`git`" is a word, "`git status`" a command."""

LAUNCHERS = frozenset(_LAUNCHERS.split())
"""Programs whose arguments are the command meant."""

BUILTINS = frozenset(_BUILTINS.split())
"""Words of the shell that make a command only together with a program behind them: `source env && pytest`."""

PROGRAMS = NEED_ARGUMENTS | frozenset(_CALLED_ALONE.split())

COUNTERS = frozenset({"wc", "nproc"})
"""Programs whose first printed number is the answer."""

REPORTERS = frozenset(_REPORTERS.split())
"""Programs that print a report: its first number is not the figure a plan states about it."""

INSTALLERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "pip": (("install",),),
    "pip3": (("install",),),
    "pipx": (("install",),),
    "uv": (("add",), ("sync",), ("pip", "install"), ("tool", "install")),
    "poetry": (("add",), ("install",)),
    "pdm": (("add",), ("install",), ("sync",)),
    "conda": (("install",), ("create",)),
    "npm": (("install",), ("i",), ("ci",), ("add",)),
    "yarn": (("add",), ("install",)),
    "pnpm": (("add",), ("install",), ("i",)),
    "bun": (("add",), ("install",)),
    "apt": (("install",),),
    "apt-get": (("install",),),
    "apk": (("add",),),
    "brew": (("install",),),
    "cargo": (("install",), ("add",)),
    "go": (("get",), ("install",)),
    "gem": (("install",),),
    "bundle": (("install",), ("add",)),
    "composer": (("install",), ("require",)),
    "dotnet": (("add",), ("restore",)),
    "mix": (("deps.get",),),
}
"""Program → the sub-commands with which it installs packages."""
