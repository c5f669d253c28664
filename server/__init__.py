"""Server routes and middleware beside Streamlit's pages: uploads, downloads, visitors, settings.

Imports point one way: ``pages`` → ``widgets`` → ``server`` → ``maxrf_core``. Nothing in here draws.
"""
