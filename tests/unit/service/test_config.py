"""Settings: read once, checked at start, printed without secrets."""

from __future__ import annotations

import os

import pytest
from pydantic import SecretStr, ValidationError

from service.config import Mode, Settings, describe, load_settings
from service.errors import SetupError


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MARROW_")]:
        monkeypatch.delenv(name)


def test_production_unless_told() -> None:
    settings = load_settings()
    assert settings.mode is Mode.PRODUCTION
    assert not settings.development
    assert settings.deadline_seconds == 2.5
    assert (settings.ehr_failures, settings.ehr_pause_seconds, settings.drain_seconds) == (60, 5, 5)


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARROW_MODE", "development")
    monkeypatch.setenv("MARROW_PUBLIC_URLS", "https://a.example.org/, https://b.example.org")
    monkeypatch.setenv("MARROW_CLIENTS_FILE", "")
    monkeypatch.setenv("MARROW_CODE_SETS_OFF", "atc, snomed_ct")
    monkeypatch.setenv("MARROW_DB_PASSWORD", "for compose")
    monkeypatch.setenv("MARROW_DRAIN_SECONDS", "0")
    settings = load_settings()
    assert settings.development
    assert settings.public_urls == ("https://a.example.org", "https://b.example.org")
    assert settings.clients_file is None
    assert settings.code_sets_off == ("atc", "snomed_ct")
    assert settings.drain_seconds == 0


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("MARROW_MOED", "production", "did you mean MARROW_MODE?"),
        ("MARROW_SOMETHING_ELSE_ENTIRELY", "1", "marrow config"),
        ("MARROW_MODE", "prod", "MARROW_MODE: "),
        ("MARROW_TIMEZONE", "Mars/Olympus", "IANA"),
        ("MARROW_TIMEZONE", "../etc/passwd", "IANA"),
        ("MARROW_PUBLIC_URLS", "cds.example.org", "http or https"),
        ("MARROW_PUBLIC_URLS", ",", "at least one"),
        ("MARROW_DEADLINE_SECONDS", "nan", "MARROW_DEADLINE_SECONDS"),
        ("MARROW_DEADLINE_SECONDS", "0", "MARROW_DEADLINE_SECONDS"),
        ("MARROW_PATIENT_HASH_KEY", "hunter2", "at least 16"),
        ("MARROW_CODE_SETS_OFF", "atc,cpt", "there are only atc, snomed_ct"),
        ("MARROW_LOCAL_CODES_SECONDS", "0", "MARROW_LOCAL_CODES_SECONDS"),
        ("MARROW_CORS_ORIGINS", "*", "no `*`"),
        ("MARROW_CORS_ORIGINS", "null", "no `*`"),
        ("MARROW_CORS_ORIGINS", "https://ehr.example.org/", "as browsers send it"),
        ("MARROW_PROXY_URL", "http://user:hunter2@proxy.example.org", "without a password"),
        ("MARROW_PROXY_URL", "socks5://proxy.example.org", "http address"),
        ("MARROW_INSTANCES", "0", "MARROW_INSTANCES"),
        ("MARROW_EHR_FAILURES", "0", "MARROW_EHR_FAILURES"),
        ("MARROW_EHR_PAUSE_SECONDS", "3600", "MARROW_EHR_PAUSE_SECONDS"),
        ("MARROW_DRAIN_SECONDS", "-1", "MARROW_DRAIN_SECONDS"),
    ],
)
def test_a_setting_that_does_not_fit_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, text: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SetupError) as refused:
        load_settings()
    assert text in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().mode = Mode.DEVELOPMENT  # type: ignore[misc] # what the test is about


def test_secrets_are_not_shown() -> None:
    settings = Settings(
        database_url=SecretStr("postgresql+asyncpg://marrow:s3cr3t@db:5432/marrow?password=s3cr3t"),
        patient_hash_key=SecretStr("a-long-enough-s3cr3t"),
    )
    shown = {setting.variable: setting.value for setting in describe(settings)}
    assert shown["MARROW_DATABASE_URL"] == "postgresql+asyncpg://db:5432/marrow"
    assert "s3cr3t" not in repr(settings) + str(settings) + str(shown)


def test_every_setting_says_what_it_means() -> None:
    assert all(setting.meaning for setting in describe(Settings()))
