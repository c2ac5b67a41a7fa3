"""`python -m orgscan` is `orgscan`."""

from orgscan.cli.app import main

main()
