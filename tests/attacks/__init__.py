"""The list of attacks that must fail, a test or more for each; over real parts only."""
