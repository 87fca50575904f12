"""From effects to content: what a person reads for everything that happens in a conversation."""
