"""What a refusal of a file from a stranger must look like."""

import pytest

from maxrf_core.errors import MaxrfError
from maxrf_core.untrusted.check import check_untrusted
from tests.maxrf_core.datastack.small_datastacks import COUNTS, KINDS, each_kind, make, our_kind  # noqa: F401


def refused(path, reason):
    """The file is refused in one line that names it and says why."""
    with pytest.raises(MaxrfError, match=reason) as refusal:
        check_untrusted(path)
    assert path.name in str(refusal.value)
    assert str(refusal.value).isprintable()
