"""Automatic alignment: refining points and proposing them."""
