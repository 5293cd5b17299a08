# The two commands a newcomer needs: `make run` and `make test`.

SHELL := /bin/bash
# Trust whom the machine trusts, a proxy of the house included.
export UV_SYSTEM_CERTS := 1
PYTHON ?= python3
BIN := .venv/bin
WITH_SERVICES := $(BIN)/python -m config.embedded --
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11

# What `check --deploy` judges: an installation, with nothing behind its addresses.
LIKE_PRODUCTION := env PRODUCTION=true SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') \
	ALLOWED_HOSTS=passline.example SITE_URL=https://passline.example EMAIL_URL=smtp://mail.example:25 \
	DATABASE_URL=postgresql://passline@database.example/passline REDIS_URL=redis://redis.example/0

.PHONY: run test lint migrate migrations shell lock bench drill shots browser clean help
.DEFAULT_GOAL := help

run: .venv/.synced ## Serve on http://127.0.0.1:8000 (PORT changes it) until Ctrl-C
	@exec $(BIN)/python -m config.supervisor

test: lint browser ## Lint, then every test
	@$(WITH_SERVICES) $(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

lint: .venv/.synced ## Style, types, templates, migrations, deployment settings
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	$(WITH_SERVICES) $(BIN)/python manage.py makemigrations --check --dry-run
	@echo "manage.py check --deploy, with the settings of production"
	@$(LIKE_PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

migrate: .venv/.synced ## Bring the development database up to date
	@$(WITH_SERVICES) $(BIN)/python manage.py migrate

migrations: .venv/.synced ## Write the migrations that the models ask for
	@$(WITH_SERVICES) $(BIN)/python manage.py makemigrations

shell: .venv/.synced ## A Python shell with the models
	@$(WITH_SERVICES) $(BIN)/python manage.py shell

bench: .venv/.synced ## Measure speed beside a bare floor
	@$(WITH_SERVICES) $(BIN)/python -m tests.bench $(ARGS)

drill: .venv/.synced ## Kill the parts under load and count what is lost
	@$(BIN)/python -m tests.drill $(ARGS)

shots: .venv/.synced browser ## Screenshots of every page, into docs/screenshots
	@$(WITH_SERVICES) $(BIN)/python -m tests.screenshots $(ARGS)

browser: .venv/.synced
	@$(BIN)/python -m tests.browser

lock: .venv/.synced ## Compile the locks anew; ARGS=--upgrade moves versions
	$(LOCK) $(ARGS) pyproject.toml --output-file requirements.lock
	$(LOCK) $(ARGS) --group dev pyproject.toml --output-file requirements-dev.lock

clean: ## Remove the environment and all caches; the data in .run stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis staticfiles test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12

# The stamp is younger than the locks exactly when the environment holds what they say.
.venv/.synced: requirements-dev.lock requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Passline needs Python 3.11 or newer; \`make PYTHON=...\` names another one" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "$(PYTHON) has no venv: install python3-venv" >&2; exit 2; }
	@$(BIN)/uv --version >/dev/null 2>&1 && $(BIN)/python -c '' 2>/dev/null || { \
		echo "Making .venv"; \
		$(PYTHON) -m venv --clear .venv \
		&& $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock; }
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.lock
	@touch $@
