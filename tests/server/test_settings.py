"""Settings from the environment are read, and an invalid one is refused in a sentence."""

import math
from pathlib import Path

import pytest

from server.settings import SettingError, data_folder, read_only, saved_work, uploads


@pytest.mark.parametrize("value", ["many", "-1", "0", "nan", "inf"])
def test_a_setting_that_is_no_number_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, value: str):
    monkeypatch.setenv("MAXRF_UPLOAD_TTL", value)
    with pytest.raises(SettingError, match="MAXRF_UPLOAD_TTL"):
        uploads()


def test_limits_are_read_in_gigabytes_with_a_comma_too_and_a_share_is_no_more_than_the_whole(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("MAXRF_UPLOAD_LIMIT", "1,5")
    monkeypatch.setenv("MAXRF_UPLOAD_SHARE", "7")
    monkeypatch.setenv("MAXRF_UPLOAD_QUOTA", "3")
    limits = uploads().limits
    assert (limits.file, limits.share, limits.quota) == (1_500_000_000, 3_000_000_000, 3_000_000_000)


def test_uploads_of_several_visitors_expire_and_those_of_a_single_user_stay_in_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert (uploads().hours, uploads().home) == (168, None)
    monkeypatch.delenv("MAXRF_SHARED")
    assert (uploads().hours, uploads().home) == (math.inf, tmp_path)
    monkeypatch.setenv("MAXRF_READ_ONLY", "yes")
    assert read_only()
    assert (uploads().hours, uploads().home) == (168, None)


def test_what_the_app_keeps_lies_in_hidden_folders_of_the_data_folder(tmp_path: Path):
    assert data_folder() == tmp_path
    assert uploads().folder == tmp_path / ".uploads"
    assert saved_work().folder == tmp_path / ".work"
