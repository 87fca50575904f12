"""Looking for what keeps cc-connect from working: for `cc-connect doctor` and `/doctor`.

`examining` puts together what `machine` and `members` (agents and platforms) find; a `Finding` is
the same wherever it is shown.
"""
