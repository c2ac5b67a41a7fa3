# Two commands set everything up: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip

.PHONY: demo test bench check lint types imports security format lock sbom tools image images sample clean

demo: $(VENV)/.installed  ## Scan a simulated organization; no AWS account needed
	@$(BIN)/orgscan demo

# Most tests wait for a server or a timer most of their time; those of a file share costly fixtures.
AT_ONCE = $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')
test: $(VENV)/.installed-dev tools  ## Every test, two at once for each processor
	$(BIN)/python -m pytest --numprocesses $(AT_ONCE) --dist loadfile

bench: $(VENV)/.installed-dev  ## What calls and sweeps cost; ten minutes (BENCH=--quick: one)
	$(BIN)/python -m benchmarks.run $(BENCH)

.PHONY: docs dist

docs: $(VENV)/.installed-dev  ## These pages as a site in build/docs; a broken link is an error
	$(BIN)/sphinx-build -q -W -n --keep-going -b html docs build/docs

# The wheel is built from the sdist, which is how it shows that nothing is missing there.
dist: $(VENV)/.uv  ## Wheel and sdist, by the locked build tool, in dist
	rm -f dist/*.whl dist/*.tar.gz
	$(BIN)/uv build --quiet --build-constraints requirements-build.lock --require-hashes -o dist

images: $(VENV)/.installed-dev tools  ## The pictures of the report in docs/images, from a new demo
	$(BIN)/python -m docs.screenshots

sample: $(VENV)/.installed  ## A small demo's run, to be looked at before installing
	rm -rf build/sample reports/sample
	@$(BIN)/orgscan demo --accounts 5 --output build/sample
	mkdir -p reports/sample
	cp build/sample/latest/* reports/sample/
	@chmod 644 reports/sample/*

check: lint types imports security  ## What CI asks besides the tests

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

imports: $(VENV)/.installed-dev
	$(BIN)/lint-imports

security: $(VENV)/.installed-dev
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml orgscan

format: $(VENV)/.installed-dev  ## Put the code into its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/.uv  ## Renew the locked requirements
	$(UV) compile -q --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  pyproject.toml -o requirements.lock
	$(UV) compile -q --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  pyproject.toml --group dev -o requirements-dev.lock
	echo 'hatchling>=1.27' | $(UV) compile -q --universal --python-version 3.11 --generate-hashes \
	  --upgrade --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	  - -o requirements-build.lock

# Beside a release: what the wheel and the image are installed with, by name, version and hash.
SBOM := dist/orgscan.cdx.json
sbom: $(VENV)/.installed-dev  ## The bill of materials, CycloneDX, in dist/orgscan.cdx.json
	mkdir -p $(dir $(SBOM))
	$(BIN)/python -W ignore -m cyclonedx_py requirements requirements.lock --pyproject pyproject.toml \
	  --spec-version 1.6 --output-format JSON --output-reproducible --output-file $(SBOM)

image:  ## The container image, with Docker or Podman
	docker build --build-arg VERSION="$$(git describe --always)" \
	  --build-arg REVISION="$$(git rev-parse HEAD)" -t orgscan .

# What tests use beside Python: a browser for the report, what checks a bundle without orgscan, what
# builds and runs the image without a Docker engine, and shells to complete in. Each is a Debian
# package of the same name. Where one is missing and cannot be installed, its tests say so.
TOOLS := chromium jq openssl unzip buildah debootstrap runc zsh fish
tools:
	@missing=; for tool in $(TOOLS); do command -v $$tool >/dev/null || missing="$$missing $$tool"; done; \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
	then apt-get update -qq && apt-get install -y -qq $$missing >/dev/null || true; fi

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "orgscan needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check uv
	@touch $@

# The development lock holds all of the run-time lock, so this never undoes the next rule.
$(VENV)/.installed: $(VENV)/.uv requirements.lock pyproject.toml
	$(UV) install --quiet --require-hashes -r requirements.lock
	$(UV) install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.uv requirements-dev.lock pyproject.toml
	$(UV) sync --quiet --require-hashes requirements-dev.lock
	$(UV) install --quiet --no-deps --editable .
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
