"""How does long work tell how far it is, and how is it stopped?"""

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Takes the fraction done, 0 to 1, and what is being done; whatever it raises stops the work."""
