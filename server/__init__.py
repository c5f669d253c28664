"""What does the server do beside showing pages: large uploads, whose they are, how long they stay?

Imports point one way: ``pages`` → ``widgets`` → ``server`` → ``maxrf_core``. Nothing in here draws.
"""
