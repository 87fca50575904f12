"""What a person can order with `/name`: values in one registry, none of which knows a platform."""
