"""Every format that is offered says what it keeps and what it loses."""

from maxrf_core.writers import WRITERS


def test_every_format_is_declared_in_words():
    assert WRITERS.keys() == {"ripple", "npy", "envi", "nexus", "msa", "maxrf4u"}
    for key, writer in WRITERS.items():
        assert key == writer.key
        assert writer.endings[0] in writer.name
        assert all(text.endswith(".") for text in (writer.keeps, writer.loses))
