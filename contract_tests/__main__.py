"""`python -m letta_contract.contract_tests` is the `letta-contract` command."""

from .cli import main

if __name__ == "__main__":
    main()
