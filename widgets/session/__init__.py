"""The visitor's session: choice, open scan, library, navigation."""
