# zkpipe: `make demo` is the main job on real data, `make test` the whole suite.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.stamp
NODE := $(shell command -v npm 2>/dev/null)
LAYERS := accel benchmarks circuits cli exchange ground jobs prover verifier_contracts
WORKERS := $(BIN)/python -c 'import os; print(os.cpu_count() + 1)'
BEST := $(BIN)/python -c 'from zkpipe.accel.machines.backend import machine; print(machine().name)'

.PHONY: setup contracts demo test check suite suite-best suite-scalar bench bench-kernels mutants fuzz invariants slither node docs clean

setup: $(STAMP)

# PYTHON=python3.13 makes the environment anew if it is of another version; without it, what is there stays.
PYTHON_VERSION := import sys; print(sys.version_info[:3])
ifneq ($(origin PYTHON),file)
ifneq ($(shell $(PYTHON) -c '$(PYTHON_VERSION)'),$(shell $(BIN)/python -c '$(PYTHON_VERSION)' 2>/dev/null))
.PHONY: $(STAMP)
ANEW := --clear
endif
endif

$(STAMP): requirements.lock pyproject.toml $(if $(NODE),node_modules/.stamp)
	test -z "$(ANEW)" -a -x $(BIN)/python || $(PYTHON) -m venv $(ANEW) .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	-$(BIN)/zkpipe doctor --fix  # solc, where there is none, and compiled kernels
	touch $@

# A node to try things on: anvil in the foreground, at http://127.0.0.1:8545.
node: setup
	$(BIN)/python -m zkpipe.verifier_contracts

node_modules/.stamp: package.json package-lock.json
	npm ci --silent
	touch $@

# The contracts of the exchange, compiled into the package. It needs npm's parts.
contracts: setup
	$(BIN)/python -m zkpipe.verifier_contracts.shipped

demo: setup
	$(BIN)/python examples/credit/demo.py

test: setup check suite

FORKED := tests/prover/groth16/test_blinding.py::test_proofs_of_forked_and_spawned_processes_never_repeat

# The whole suite on the best back end here and, if that is another, what computes on it again on the
# scalar one, at the same time. Many tests wait for nodes and services, so there is one worker more
# than processors. Circuits compute on scalar kernels either way; tests of many witnesses try both.
# Left out of the second is what does not depend on the back end: cards, the compiler of kernels,
# files, which keys are refused or believed, what packages import, and that processes do not share
# secrets. It is told as a whole, after its end. Each worker begins with an equal part of all tests, in
# their order, and an idle one takes from another's end: so few markets, nodes and services are made
# more than once. What the processes that tests start import is compiled before, where Python may not
# keep it by itself.
suite: setup
	$(BIN)/python -m compileall -q $(LAYERS) tests
	$(MAKE) --no-print-directory -j2 suite-best suite-scalar

suite-best:
	$(BIN)/pytest -q -n $$($(WORKERS)) --dist worksteal

suite-scalar:
	if [ "$$($(BEST))" != scalar ]; then \
	  export ZKPIPE_BACKEND=scalar; \
	  mkdir -p build; \
	  $(BIN)/zkpipe doctor --fix > /dev/null; \
	  $(BIN)/pytest -q -n 0 tests/accel tests/prover \
	    --ignore=tests/accel/cuda --ignore=tests/accel/compiled --ignore-glob='*card_proofs.py' \
	    --ignore=tests/prover/formats --ignore=tests/prover/provenance \
	    --ignore-glob='*keys_guard.py' --ignore-glob='*hostile_keys.py' \
	    --ignore=tests/accel/test_package.py --deselect=$(FORKED) \
	    > build/suite-scalar.txt 2>&1; \
	  ended=$$?; cat build/suite-scalar.txt; exit $$ended; \
	fi

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Whole proofs, stages and kernels beside other provers, and a report; BENCH takes options of bench run.
bench: setup
	mkdir -p build/bench
	$(BIN)/zkpipe bench run --out build/bench/results.json $(BENCH)
	$(BIN)/zkpipe bench report build/bench/results.json build/bench/report.html build/bench/report.md

# Kernels alone, on one thread, kept under .benchmarks and compared with the run before.
bench-kernels: setup
	ZKPIPE_THREADS=1 $(BIN)/pytest -q -n 0 tests/benchmarks/test_kernels.py --benchmark-enable --benchmark-only --benchmark-autosave $(BENCH_KERNELS)

# Breaks on purpose, each made in a copy of the tree; the tests named for it must go red.
mutants: setup
	$(BIN)/python tests/mutate.py

# Tests of which the suite takes a part: these, and those of jobs below, have a long form.
LONG := tests/accel/compiled/test_warm.py \
  tests/accel/cuda/test_assembler.py \
  tests/accel/fields/test_laws.py \
  tests/accel/machines/test_carry_chains.py \
  tests/benchmarks/test_batches.py \
  tests/benchmarks/test_figures.py \
  tests/benchmarks/test_gadgets.py \
  tests/benchmarks/test_provers.py \
  tests/benchmarks/test_report.py \
  tests/circuits/circom/test_hostile_programs.py \
  tests/circuits/compile/test_growth.py \
  tests/circuits/compile/test_soundness.py \
  tests/circuits/gadgets/byte_hashes/test_blake2s.py \
  tests/circuits/gadgets/byte_hashes/test_every_hash.py \
  tests/circuits/gadgets/byte_hashes/test_large.py \
  tests/circuits/gadgets/byte_hashes/test_messages.py \
  tests/circuits/gadgets/byte_hashes/test_published.py \
  tests/circuits/gadgets/byte_hashes/test_ripemd160.py \
  tests/circuits/gadgets/byte_hashes/test_sha256.py \
  tests/circuits/gadgets/byte_hashes/test_sha512.py \
  tests/circuits/gadgets/curve/test_eddsa.py \
  tests/circuits/gadgets/curve/test_multiples.py \
  tests/circuits/gadgets/curve/test_other_signatures.py \
  tests/circuits/gadgets/curve/test_pedersen_hash.py \
  tests/circuits/gadgets/curve/test_points.py \
  tests/circuits/gadgets/encryption/test_ecdh.py \
  tests/circuits/gadgets/encryption/test_elgamal.py \
  tests/circuits/gadgets/encryption/test_encryption_holds.py \
  tests/circuits/gadgets/encryption/test_poseidon_cipher.py \
  tests/circuits/gadgets/encryption/test_seal.py \
  tests/circuits/gadgets/hashes/test_many.py \
  tests/circuits/gadgets/hashes/test_mimc.py \
  tests/circuits/gadgets/lists/test_lists.py \
  tests/circuits/gadgets/sparse/test_changes.py \
  tests/circuits/gadgets/sparse/test_sparse.py \
  tests/circuits/gadgets/test_gadgets_hold.py \
  tests/circuits/gadgets/trees/test_arity.py \
  tests/circuits/gadgets/words/test_words.py \
  tests/circuits/language/numbers/test_decimal.py \
  tests/circuits/language/numbers/test_words.py \
  tests/circuits/language/test_advice.py \
  tests/circuits/solve/test_many.py \
  tests/circuits/soundness/integers/test_brackets.py \
  tests/circuits/soundness/integers/test_lists.py \
  tests/circuits/soundness/lemmas/test_by_search.py \
  tests/circuits/soundness/lemmas/test_pins.py \
  tests/circuits/soundness/rules/test_intervals.py \
  tests/circuits/soundness/points/test_small_curves.py \
  tests/circuits/soundness/small_fields/test_small_fields.py \
  tests/circuits/soundness/test_planted.py \
  tests/circuits/soundness/test_small_primes.py \
  tests/circuits/test_differential.py \
  tests/circuits/test_programs.py \
  tests/cli/authors/test_circuit_modules.py \
  tests/cli/ceremony/test_canaries.py \
  tests/cli/commands/test_bench.py \
  tests/cli/commands/test_bench_own.py \
  tests/cli/commands/test_commands.py \
  tests/cli/deployment/test_deploy_again.py \
  tests/cli/deployment/test_onchain_record.py \
  tests/cli/console/test_streams.py \
  tests/cli/console/test_words.py \
  tests/cli/exchange/test_story.py \
  tests/examples/test_credit_trust.py \
  tests/exchange/cases/test_open_data.py \
  tests/exchange/cases/test_region_score.py \
  tests/exchange/circuits/test_query.py \
  tests/exchange/circuits/test_register.py \
  tests/exchange/circuits/test_stats.py \
  tests/exchange/circuits/test_update.py \
  tests/exchange/clients/catalogue/test_near_copies.py \
  tests/exchange/clients/catalogue/test_removal.py \
  tests/exchange/contracts/test_ids.py \
  tests/exchange/contracts/walks/test_walk.py \
  tests/exchange/deployment/test_deploy.py \
  tests/exchange/deployment/test_manifest.py \
  tests/exchange/evidence/test_damaged.py \
  tests/exchange/evidence/test_forged.py \
  tests/exchange/evidence/test_forged_events.py \
  tests/exchange/evidence/test_rules.py \
  tests/exchange/home/test_backup.py \
  tests/exchange/home/test_home.py \
  tests/exchange/home/test_kills.py \
  tests/exchange/home/test_vault.py \
  tests/exchange/index/test_folds.py \
  tests/exchange/index/test_following.py \
  tests/exchange/loop/test_bad_luck.py \
  tests/exchange/loop/test_faults.py \
  tests/exchange/loop/test_reorganisations.py \
  tests/exchange/loop/test_thread.py \
  tests/exchange/sender/test_crashes.py \
  tests/exchange/sender/test_faults.py \
  tests/exchange/sender/test_reorganisations.py \
  tests/hostile/test_commands.py \
  tests/hostile/test_readers.py \
  tests/interop/test_circom_circuits.py \
  tests/interop/test_circom_programs.py \
  tests/interop/test_initial_keys.py \
  tests/interop/test_keys.py \
  tests/interop/test_ptau.py \
  tests/prover/ceremony/phase1/test_changed_history.py \
  tests/prover/ceremony/phase1/test_memory.py \
  tests/prover/ceremony/phase1/test_wrong_points.py \
  tests/prover/ceremony/phase2/test_changed_history.py \
  tests/prover/ceremony/phase2/test_wrong_points.py \
  tests/prover/ceremony/test_contribute_ptau.py \
  tests/prover/ceremony/test_prepare_ptau.py \
  tests/prover/ceremony/test_ptau_file.py \
  tests/prover/ceremony/test_subgroup.py \
  tests/prover/ceremony/test_verify_ptau.py \
  tests/prover/formats/test_zkey.py \
  tests/prover/ceremony/phase2/test_verify_key.py \
  tests/prover/groth16/test_blinding.py \
  tests/prover/groth16/test_hostile_keys.py \
  tests/prover/test_keys_guard.py \
  tests/prover/test_large_card_proofs.py \
  tests/test_install.py \
  tests/verifier_contracts/forms/test_batch_differential.py \
  tests/verifier_contracts/forms/test_mutants.py

# The long forms of tests. FUZZ_SYSTEMS asks for them, and says how many cases are drawn; FUZZ_FROM
# says where to begin. Some take every case, size and combination, of which the suite takes a part.
# Of jobs: a service with 64 clients and 1,000 jobs; a service, and batches of two engines, killed 500
# times each, which takes an hour and a half.
fuzz: export FUZZ_SYSTEMS ?= 20000
fuzz: export CARD_ROWS ?= 16
fuzz: export CARD_BATCH ?= 64
fuzz: export SERVICE_CLIENTS ?= 64
fuzz: export SERVICE_JOBS ?= 1000
fuzz: export SERVICE_KILLS ?= 500
fuzz: export BATCH_KILLS ?= 250
fuzz: export SENDER_KILLS ?= 500
fuzz: export INDEX_KILLS ?= 500
fuzz: export LOOP_KILLS ?= 500
fuzz: export CATALOGUE_KILLS ?= 200
fuzz: setup
	$(BIN)/pytest -q -n auto $(LONG)
	$(BIN)/pytest -q -n 0 tests/jobs/service/test_many_clients.py tests/jobs/service/test_kill.py tests/jobs/service/test_failures.py tests/jobs/batch/test_batch_kill.py \
	  tests/exchange/sender/test_kills.py tests/exchange/index/test_interrupted.py tests/exchange/loop/test_kills.py \
	  tests/exchange/clients/catalogue/test_kills.py

# Random walks of forge over the exchange's contracts, 256 of 500 acts each; what must hold, and which
# states they end in. WALKS takes other numbers of walks and of acts.
invariants: setup build/forge-npm/.stamp
	$(BIN)/python -m tests.exchange.forge.run build/forge-npm/node_modules/@foundry-rs/forge-*/bin/forge build/forge $(WALKS)

build/forge-npm/.stamp: tests/exchange/forge/package.json tests/exchange/forge/package-lock.json
	mkdir -p build/forge-npm
	cp tests/exchange/forge/package.json tests/exchange/forge/package-lock.json .npmrc build/forge-npm
	cd build/forge-npm && npm ci --silent
	touch $@

# Findings of high or medium weight in the exchange's contracts, by slither in an environment of its
# own. slither.lock says how it is made.
slither: setup build/slither-venv/.stamp
	$(BIN)/python -m tests.exchange.slither.run build/slither-venv/bin/slither build/slither

build/slither-venv/.stamp: tests/exchange/slither/slither.lock
	$(BIN)/python -m venv --clear build/slither-venv
	build/slither-venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/exchange/slither/slither.lock
	touch $@

# The pages and a reference of the public names as a site under build/docs, whose links are checked.
# Always anew: Sphinx tells of a page's faults, and writes its navigation, only when it reads the page.
DOCS := build/docs-venv/bin
docs: setup build/docs-venv/.stamp
	rm -rf build/docs build/docs-pages build/docs-read
	$(BIN)/python -m docs.site pages build/docs-pages
	$(DOCS)/sphinx-build -q -W --keep-going -c docs/site -d build/docs-read build/docs-pages build/docs
	$(BIN)/python -m docs.site check build/docs

# docs.lock says how it is made.
build/docs-venv/.stamp: docs.lock
	$(BIN)/python -m venv --clear build/docs-venv
	$(DOCS)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: -r docs.lock
	touch $@

clean:
	rm -rf build .pytest_cache .mypy_cache .ruff_cache
