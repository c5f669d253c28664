"""Run the command line: ``python -m maxrf_core``."""

import sys

from maxrf_core.cli.main import main

sys.exit(main())
