"""The guide inside the app: tutorial and how-to pages, with their pictures."""
