"""Which settings does the operator of the app make? All of them come from the environment."""

import os
from pathlib import Path

from maxrf_core.workers import scheduler_address

__all__ = ["HERE", "UPLOAD_LIMIT_MB", "data_folder", "read_only", "scheduler_address"]

HERE = Path(__file__).resolve().parents[1]
UPLOAD_LIMIT_MB = 500  # also server.maxUploadSize in .streamlit/config.toml


def data_folder() -> Path:
    """The folder of scans that every visitor sees: MAXRF_DATA, else ``data`` beside the app."""
    return Path(os.environ.get("MAXRF_DATA") or HERE / "data").expanduser().resolve()


def read_only() -> bool:
    """Whether visitors may look but not change the data folder: MAXRF_READ_ONLY=1."""
    return os.environ.get("MAXRF_READ_ONLY", "").strip().lower() in {"1", "true", "yes"}
