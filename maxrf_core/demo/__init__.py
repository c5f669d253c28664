"""The demo scan and its photograph, of which every truth is known."""
