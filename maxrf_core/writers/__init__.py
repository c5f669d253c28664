"""Formats of other programs: every module of this folder that declares a `WRITER` is offered."""

from importlib import import_module
from pkgutil import iter_modules

from maxrf_core.writers.writer import Writer

__all__ = ["WRITERS", "Writer"]


def _declared() -> dict[str, Writer]:
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    declared = [module.WRITER for module in modules if hasattr(module, "WRITER")]
    return {writer.key: writer for writer in declared}


WRITERS: dict[str, Writer] = _declared()
