"""Speed compared with the alternatives, measured side by side in one run."""
