"""Version of the program, which is stored in the files that it writes."""

VERSION = "0.1.0"
SOFTWARE = f"maxrf4all {VERSION}"
