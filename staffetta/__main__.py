"""`python -m staffetta` is the `staffetta` command."""

from staffetta.cli import main

raise SystemExit(main())
