# Every recipe works from a fresh checkout after `scripts/setup.sh`, which `./demo` and `./test` run by themselves.

set shell := ["bash", "-euo", "pipefail", "-c"]

venv := env("KEYFOB_VENV", ".venv")
export PATH := justfile_directory() / venv / "bin:" + env("PATH")
# what was compiled is kept, whatever the caller's environment says: a run starts hundreds of interpreters
export PYTHONDONTWRITEBYTECODE := ""

# the share of statements and branches that the tests must reach, all packages together
floor := "95"

# numbers of instances, from few to those of the goals
many := "10000,100000,1000000,10000000"

_list:
    @just --list --unsorted

# format, lint, types, who imports whom: everything that needs no test run
gates:
    ruff format --check --quiet .
    ruff check --quiet .
    mypy
    lint-imports --no-logo

# gates and the tests that take no processes and no browser: a hundred seconds of processor time, on two cores at once
quick:
    scripts/quick

# what CI runs: gates, every test but the nightly ones, coverage with its floors
test: gates
    rm -f .coverage .coverage.*
    pytest -n 2 -m "not nightly" --cov --cov-report= --junit-xml=build/tests.xml
    python scripts/test_rows.py build/tests.xml
    coverage report --fail-under=100 --include="packages/protocol/*"
    coverage report --fail-under=100 --include="packages/server/src/keyfob_server/rules/*"
    coverage report --fail-under={{ floor }}

# Keyfob beside its peers, on a machine that does nothing else: build/bench/report.md
bench *arguments:
    PYTHONPATH=bench python -m keyfob_bench {{ arguments }}

# Keyfob alone with up to ten million instances: half an hour, and 40 GB of disk for that time
bench-growth *arguments:
    just bench --parts growth --sizes {{ many }} --growth-seconds 10 --out build/bench-growth {{ arguments }}

# Keyfob alone under an hour of load, with a million instances
bench-load *arguments:
    just bench --parts load --sizes 1000000 --out build/bench-load {{ arguments }}

# all of it in one run: two hours
bench-long *arguments:
    just bench --parts servers,growth,load --sizes {{ many }} --growth-seconds 10 --minutes 50 \
        --out build/bench-long {{ arguments }}

# everything, longer, on every interpreter found
nightly: gates
    #!/usr/bin/env bash
    set -euo pipefail
    export KEYFOB_NIGHTLY=1
    folders=(${PATH//:/ } "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin)
    for name in python3.11 python3.12 python3.13 python3.14; do
        found=
        for folder in "${folders[@]}"; do
            if "$folder/$name" --version >/dev/null 2>&1; then found=$folder/$name; break; fi
        done
        if [[ -z $found ]]; then
            echo "nightly: $name is not here, left out"
            continue
        fi
        KEYFOB_PYTHON=$found KEYFOB_VENV=.cache/venvs/$name scripts/setup.sh
        echo "nightly: $("$found" --version)"
        PATH="$PWD/.cache/venvs/$name/bin:$PATH" python -m pytest -n 2
    done

# put the code into the one form
fmt:
    ruff format .
    ruff check --fix-only --quiet .

# the journey, with a browser window; `just demo --headless` without
demo *arguments:
    ./demo {{ arguments }}

# write down exact versions and hashes; `just requirements --upgrade` takes new versions
requirements *arguments:
    uv lock {{ arguments }}
    uv export --frozen --all-packages --no-emit-workspace --no-emit-project --no-header --format requirements.txt -o requirements/all.txt
    echo uv | uv pip compile --quiet {{ arguments }} --generate-hashes --no-header --no-annotate -o requirements/uv.txt -

# both commands of the README in an empty Debian 12 (needs root and debootstrap)
fresh *arguments:
    scripts/fresh-machine {{ arguments }}
