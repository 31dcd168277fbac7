"""`python -m orchestrator` is `axenic`."""

from orchestrator.cli.main import main

if __name__ == "__main__":
    main()
