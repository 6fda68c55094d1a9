# `make help` lists the targets. Everything is incremental.
JOBS   ?= $(shell nproc)
PRESET ?= release
PREFIX ?= /opt/lochan
BUILD  := build/$(PRESET)
DEPS   := $(if $(LOCHAN_DEPS),$(LOCHAN_DEPS),.deps)
PYTHON := $(DEPS)/venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup build demo run test test-full docs bench fuzz format lint install clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install Debian packages and pinned dependencies (root or sudo)
	@tools/setup

build: setup ## Build the server: build/release/bin/lochan (PRESET=asan, tsan: other builds)
	@tools/build $(PRESET) -j $(JOBS) lochan

demo: build ## Build, then run the example pipelines with PySpark against a temporary server
	@$(PYTHON) examples/run_demo.py --server $(BUILD)/bin/lochan

run: build ## Build, then run the server in the foreground (ARGS="--home DIR ...")
	@exec $(BUILD)/bin/lochan start $(ARGS)

test: setup ## Build release and asan, run every test
	@tools/test -j $(JOBS) release asan

test-full: ## The same with the race detector and the heavy suites
	@tools/setup goldens
	@tools/test -j $(JOBS) --heavy release asan tsan

docs: build ## Write the reference pages from the server's tables: docs/reference/
	@$(PYTHON) tools/reference --server $(BUILD)/bin/lochan

bench: build ## Measure: TPC-H and others
	@$(PYTHON) bench/run --server $(BUILD)/bin/lochan $(ARGS)

fuzz: setup ## Feed mutated SQL texts and plans to the sanitized server
	@tools/build asan -j $(JOBS) lochan
	@$(PYTHON) tests/fuzz/run --server build/asan/bin/lochan $(ARGS)

format: ## Rewrite C++ sources in the project's format
	@find src tests bench -name '*.h' -o -name '*.cc' 2>/dev/null | xargs clang-format -i

lint: setup ## Check format, and clang-tidy over src/ (FILES="src/a.cc ...": only these)
	@tools/lint -j $(JOBS) $(FILES)

install: build ## Install under PREFIX (default /opt/lochan): bin/lochan, lib/ beside it
	@cmake --install $(BUILD) --prefix $(PREFIX)

clean: ## Delete what was built; .deps/ stays
	rm -rf build
