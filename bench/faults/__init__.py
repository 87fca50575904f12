"""Faults on purpose, and what became of every message: `python -m bench.faults [--short]`.

The program under test is a real process (`cc-connect --config ...`) between a twin of Discord and
scripted agents. What is counted is what people see in the twin and what agents were told, never
what the program believes of itself. Its database is read only to name the phase a kill has hit.
"""
