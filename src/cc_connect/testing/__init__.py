"""The test kit: shipped with the program, for those who write platforms and agents."""
