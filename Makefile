# make run: from a fresh clone to a server with the five plans and the demo. make help lists the rest.
# Needs Python 3.11 or newer; Node 20 for the tests; no root.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 2
THREADS ?= 32
# Processes that share the tests.
TESTERS ?= 2

BIN := .venv/bin
export FLASK_APP := wsgi
# Compiled bytecode is what makes a second start quick, wherever it is switched off.
export PYTHONDONTWRITEBYTECODE :=

CLIENTS := tests/clients/rxdb/node_modules/.ready tests/clients/tus/node_modules/.ready
PACKAGES := web/node_modules/.ready
APP := inspect_api/static/.ready

.PHONY: help setup app run test browser screenshots chaos bench lint clean

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

setup: .venv/ready ## Make .venv with everything; installs again only when the requirements change.

.venv/ready: requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本：make PYTHON=python3.11 setup" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(PACKAGES): web/package-lock.json
	@command -v node >/dev/null || { echo "构建网页应用需要 Node 20（https://nodejs.org）" >&2; exit 1; }
	npm ci --prefix web --no-audit --no-fund --loglevel=error
	@touch $@

$(APP): $(PACKAGES) web/package.json web/vite.config.ts web/vite.office.config.ts $(shell find web/src -type f -not -name components.d.ts)
	@echo "构建手机端和办公端……"
	@npm run --silent --prefix web build
	@touch $@

app: $(APP) ## Build the phone app and the desk into inspect_api/static. Needs Node 20.

run: .venv/ready $(APP) ## Serve on HOST:PORT (127.0.0.1:8000) with plans and demo. WORKERS and THREADS per worker can be set.
	@$(BIN)/python -m inspect_api.demo.ready $(HOST) $(PORT) || { [ $$? -eq 1 ] && $(BIN)/flask prepare --host $(HOST) --port $(PORT); }
	@exec $(BIN)/granian --interface wsgi --host $(HOST) --port $(PORT) --workers $(WORKERS) --blocking-threads $(THREADS) \
		--backlog 1024 --no-ws --log-level error --workers-kill-timeout 3 wsgi:app

tests/clients/%/node_modules/.ready: tests/clients/%/package-lock.json
	@command -v node >/dev/null || { echo "测试需要 Node 20（第三方客户端 RxDB、tus-js-client）" >&2; exit 1; }
	npm ci --prefix tests/clients/$* --no-audit --no-fund --loglevel=error
	@touch $@

# The browser tests drive Debian's Chromium; as root on Debian it is installed, elsewhere CHROMIUM says where one is.
browser:
	@test -x "$${CHROMIUM:-/usr/bin/chromium}" || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
		&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
		|| echo "没有找到 Chromium：apt-get install chromium，或用 CHROMIUM 指明路径（浏览器测试会失败）" >&2

test: .venv/ready $(CLIENTS) $(APP) browser ## Run every test, on SQLite and on PostgreSQL, and in a browser. Needs Node 20.
	$(BIN)/python -m pytest -n $(TESTERS)

screenshots: .venv/ready $(APP) browser ## Every page of the phone app and of the desk as a picture, in screenshots/.
	$(BIN)/python -m tests.e2e.screenshots
	$(BIN)/python -m tests.office.screenshots

chaos: .venv/ready ## Kill the server 200 times under load and look whether anything is missing.
	CHAOS_KILLS=200 $(BIN)/python -m pytest tests/chaos/test_kill.py

bench: .venv/ready $(APP) browser ## Measure; prints the tables.
	$(BIN)/python -m bench

lint: .venv/ready ## Style and floors.
	$(BIN)/ruff check .
	$(BIN)/lint-imports

clean: ## Remove what was made: .venv, caches and the database in instance/.
	rm -rf .venv instance inspect_api/static web/node_modules .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
