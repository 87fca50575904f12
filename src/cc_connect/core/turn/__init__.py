"""The life of a conversation: one pure function over frozen values.

`step(conversation, mail)` gives the next conversation and what is to be done. Nothing else in the
program changes a conversation, and nothing here does any of what it orders.
"""
