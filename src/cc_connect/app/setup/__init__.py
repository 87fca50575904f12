"""Setting up: questions at a terminal, each answer checked live, and blocks for `config.toml`.

`dialogue` asks, `blocks` writes TOML, `edit` puts it into a file that may exist already and makes
sure that the outcome is read as it was meant.
"""
