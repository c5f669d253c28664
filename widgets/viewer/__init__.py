"""The viewer that compares photograph and maps."""
