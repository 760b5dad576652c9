# The two doors of the project. `make help` lists the rest.
# The first of these that really runs (a version manager's shim may exist and refuse).
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
  && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo demo-year serve test check lint unit lock clean bench bench-rendezvous load storm

help: ## Ce que l’on peut faire ici
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

demo: $(VENV)/.demo ## Rejouer un mois de l’année publiée (environ 3 minutes)
	$(BIN)/python -m demo replay --month 2023-01

demo-year: $(VENV)/.demo ## Rejouer toute l’année publiée (environ 20 minutes)
	$(BIN)/python -m demo replay --year

serve: $(VENV)/.demo ## Laisser la plateforme allumée avec une semaine de données
	$(BIN)/python -m demo serve

test: check ## Toute la suite, sur de vrais PostgreSQL et RabbitMQ
	$(BIN)/python -m tests.support.broker -- $(BIN)/python -m pytest --numprocesses 3 --dist loadgroup

check: $(VENV)/.dev ## Format, règles, types et frontières d’import
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

unit: $(VENV)/.dev ## Les tests qui n’ouvrent aucune connexion
	$(BIN)/python -m pytest tests/unit

bench: $(VENV)/.dev ## Mesures, en rapports à une référence prise dans la même commande
	$(BIN)/python -m benchmarks.chassis

bench-rendezvous: $(VENV)/.dev ## Recherche et prise de rendez-vous, en rapports ; code 1 si une cible est manquée
	$(BIN)/python -m benchmarks.rendezvous

load: $(VENV)/.dev ## Un lundi matin de l’année, × 1 × 10 × 100, puis jusqu’à ce que quelque chose cède
	$(BIN)/python -m tests.load.run

storm: $(VENV)/.dev ## Dix mille opérations de rendez-vous au hasard, vingt à la fois
	$(BIN)/python -m tests.integration.rendezvous.storm

lock: ## Recalculer les dépendances épinglées (demande uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --custom-compile-command "make lock" pyproject.toml -o requirements/run.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --custom-compile-command "make lock" --extra demo pyproject.toml -o requirements/demo.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --custom-compile-command "make lock" --extra demo --extra dev pyproject.toml -o requirements/dev.txt

clean: ## Effacer l’environnement virtuel et les données de démonstration
	rm -rf $(VENV) .demo

$(VENV)/.demo: requirements/demo.txt
	$(call install,demo)

$(VENV)/.dev: requirements/dev.txt
	$(call install,dev)

define install
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 ou 3.13 requis (make PYTHON=/chemin/vers/python3.12 …)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installation des dépendances ($(1))…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$(1).txt
	@touch $@
endef
