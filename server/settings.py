"""Settings of the app's operator, from the environment."""

import math
import os
from pathlib import Path

import streamlit as st

from maxrf_core.errors import MaxrfError
from maxrf_core.language import _
from maxrf_core.untrusted.limits import GIGABYTE
from maxrf_core.workers import scheduler_address
from maxrf_core.written_numbers import read_number
from server.access_mode import is_single_user
from server.saved_work import SavedWork
from server.upload_space import Limits
from server.uploads import Uploads

__all__ = [
    "HERE",
    "SettingError",
    "below_app",
    "data_folder",
    "read_only",
    "saved_work",
    "scheduler_address",
    "uploads",
    "uploads_folder",
]

UPLOAD_LIMIT_GB, UPLOAD_SHARE_GB, UPLOAD_QUOTA_GB = 5, 10, 20  # of a file, of a visitor, of all
UPLOAD_HOURS = 168  # after which an upload is removed that nobody has opened
HERE = Path(__file__).resolve().parents[1]


class SettingError(MaxrfError):
    """A setting with an invalid value."""


def data_folder() -> Path:
    """The folder of scans that every visitor sees: MAXRF_DATA, else ``data`` beside the app."""
    return Path(os.environ.get("MAXRF_DATA") or HERE / "data").expanduser().resolve()


def below_app(address: str) -> str:
    """Return the whole address of a path below the app's own (server.baseUrlPath)."""
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"/{base}{address}" if base else address


def read_only() -> bool:
    """Return True if visitors cannot change the data folder: MAXRF_READ_ONLY=1."""
    return os.environ.get("MAXRF_READ_ONLY", "").strip().lower() in {"1", "true", "yes"}


def uploads_folder() -> Path:
    """Return the folder of the visitors' uploads, hidden in the data folder."""
    return data_folder() / ".uploads"


def uploads() -> Uploads:
    """Return the visitors' uploads, in a hidden folder of the data folder.

    With a single user (`server.access_mode`) files arrive there too, but are then moved to the data
    folder, and nothing is ever removed. Otherwise uploads may have MAXRF_UPLOAD_LIMIT gigabytes each,
    MAXRF_UPLOAD_SHARE gigabytes for each visitor, MAXRF_UPLOAD_QUOTA gigabytes together, and stay for
    MAXRF_UPLOAD_TTL hours after they were last opened.

    Raises
    ------
    SettingError
        Where one of these is no number above zero.
    """
    hours, quota = _number("MAXRF_UPLOAD_TTL", UPLOAD_HOURS), _number("MAXRF_UPLOAD_QUOTA", UPLOAD_QUOTA_GB)
    limits = Limits(
        file=round(_number("MAXRF_UPLOAD_LIMIT", UPLOAD_LIMIT_GB) * GIGABYTE),
        share=round(min(quota, _number("MAXRF_UPLOAD_SHARE", UPLOAD_SHARE_GB)) * GIGABYTE),
        quota=round(quota * GIGABYTE),
    )
    is_single = is_single_user() and not read_only()
    return Uploads(
        uploads_folder(),
        limits,
        hours=math.inf if is_single else hours,
        home=data_folder() if is_single else None,
    )


def saved_work() -> SavedWork:
    """Return the visitors' work in progress, in a hidden folder of the data folder."""
    return SavedWork(data_folder() / ".work")


def _number(name: str, default: float) -> float:
    text = os.environ.get(name, "").strip()
    try:
        number = read_number(text) if text else default
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        words = _("{name} is {value!r}; it takes a number above zero, such as {example:g}.")
        raise SettingError(words.format(name=name, value=text, example=default))
    return number
