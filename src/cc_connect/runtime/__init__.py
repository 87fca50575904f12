"""What moves: actors, session hosts, the presenter, outbox lanes, the supervisor."""
