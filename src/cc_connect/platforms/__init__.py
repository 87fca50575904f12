"""Chat adapters, one folder each; siblings never import each other."""
