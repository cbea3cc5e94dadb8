"""Lets `python -m mirylo` run the command."""

from mirylo.commands import main

main(prog_name="mirylo")
