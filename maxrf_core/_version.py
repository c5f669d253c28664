"""Which version of the program is this, as it is noted in what it writes?"""

VERSION = "0.1.0"
SOFTWARE = f"maxrf4all {VERSION}"
