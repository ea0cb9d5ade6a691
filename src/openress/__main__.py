"""`python -m openress`."""

from openress.cli.main import main

main()
