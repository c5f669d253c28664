"""Recovery of what is left of a broken datastack."""
