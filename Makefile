# `make run` starts the portal, `make test` runs everything that must hold. PORT=8001 make run: another port.
.PHONY: run test check style types templates imports settings lock bench drill actions

BIN := .venv/bin
APPS := budget_portal accounts agreements monitoring complaints reports

run:
	@scripts/prepare run
	@$(BIN)/python manage.py portal

test: check
	@scripts/prepare test
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not drill" --tb=short --show-capture=no

check:
	@scripts/prepare check
	@$(MAKE) --no-print-directory --output-sync -j2 style types templates imports settings

style:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types:
	$(BIN)/mypy $(APPS)

templates:
	$(BIN)/djlint --check --lint templates

imports:
	$(BIN)/lint-imports

settings:
	$(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

# The long fault drills: minutes, and they kill what they start.
drill:
	@scripts/prepare test
	$(BIN)/pytest -m drill -p no:randomly

# Who may do what, from which state, and what refuses the rest: docs/actions.md from the code.
actions:
	@scripts/prepare check
	DJANGO_SETTINGS_MODULE=tests.settings $(BIN)/python manage.py shell -v 0 -c "from tests import actions; actions.write()"

bench:
	@scripts/prepare test
	$(BIN)/python -m benchmarks

# Pinned files with hashes from the ranges; needs uv (pipx install uv).
lock:
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  requirements.in -o requirements.txt
	UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  requirements-dev.in -o requirements-dev.txt
