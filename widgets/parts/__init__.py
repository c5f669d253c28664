"""The parts of the page Look, and the switch between them."""
