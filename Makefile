# What is more than one command. The tests and the rest are in CONTRIBUTING.md.

PYTHON ?= $(firstword $(wildcard .venv/bin/python) python3)
COMPOSE = docker compose -f tests/real_server/compose.yaml

.PHONY: real-server real-server-docker

# Install Letta, judge it open and with a token, and stop it. With DOCS=1, write its baseline and docs/letta-0.16.8.md,
# from three seeds, by one of which some deviations show only.
real-server:
	$(PYTHON) -m tests.real_server $(if $(DOCS),--docs --seed 0 --seed 1 --seed 2) $(ARGS)

# The same of the image that Letta publishes; needs Docker.
real-server-docker:
	$(COMPOSE) up --build --abort-on-container-exit --exit-code-from gate; \
	code=$$?; $(COMPOSE) down --volumes; exit $$code
