"""Frozen settings: the only reader of the environment. Features receive values, never `os.environ`.

Server settings live here (environment, prefix PABAL_); tenant settings are rows edited in the UI.
"""

from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Mode(StrEnum):
    DEVELOPMENT = "development"  # rehearsal-ready tenants, demo data, clock may be shifted
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Everything a process needs to know about its installation."""

    model_config = SettingsConfigDict(env_prefix="PABAL_", frozen=True, extra="ignore")

    mode: Mode = Field(default=Mode.DEVELOPMENT, description="development or production")
    data_dir: Path = Field(
        default=Path(".data"), description="One folder holding everything of this installation"
    )
    host: str = Field(default="127.0.0.1", description="Address the API listens on")
    port: int = Field(default=8000, ge=0, le=65535, description="Port of the API and the web UI")
    public_url: str | None = Field(
        default=None, description="Public address; none means polling-only receipts"
    )
    sandbox_host: str = Field(default="127.0.0.1", description="Address of the carrier simulator")
    sandbox_port: int = Field(default=8001, ge=0, le=65535, description="Port of the carrier simulator")
    sandbox_token: str | None = Field(
        default=None, description="Token of the sandbox control API off loopback"
    )
    api_processes: int = Field(
        default=1, ge=1, le=64, description="API processes that `pabal up` starts behind one port"
    )
    workers: int = Field(default=2, ge=1, le=64, description="Worker processes that `pabal up` starts")
    database_url: str | None = Field(
        default=None, description="libpq URL of the application role (pabal_app)"
    )
    owner_database_url: str | None = Field(
        default=None, description="libpq URL of pabal_owner, for migrations"
    )
    redis_url: str | None = Field(default=None, description="Redis or Valkey URL")
    master_key_file: Path | None = Field(
        default=None, description="Master key; default DATA/secrets/master.key"
    )
    clock_offset_seconds: int = Field(default=0, description="Shifts the clock of rules; development only")
    demo: bool = Field(default=True, description="Create the demo tenants on first start; development only")
    log_level: str = Field(default="INFO", description="Log level of the processes")
    cron_token: str | None = Field(default=None, description="Bearer token of an outside cron")
    setup_token: str | None = Field(
        default=None,
        description="Lets the first owner in from another machine; `pabal up` makes and prints one",
    )
    metrics_token: str | None = Field(default=None, description="Bearer token that may read /metrics")
    upload_limit_bytes: int = Field(default=100 * 1024 * 1024, description="Largest import file, bytes")
    crash_point: str | None = Field(
        default=None, description="Named crash point armed for acceptance tests; refused in production"
    )
    lease_seconds: float = Field(default=12.0, gt=0, description="Lease of a claimed chunk, seconds")
    first_poll_seconds: float = Field(
        default=10.0,
        gt=0,
        description="Accepted without a receipt: first poll after this many seconds, and twice as long each time",
    )
    question_pace: float = Field(
        default=1.0,
        gt=0,
        description="Scales the waits before a carrier is asked about a lost request; below 1 in tests only",
    )
    http_timeout_seconds: float = Field(
        default=8.0, gt=0, description="Wall clock limit of one carrier call, seconds"
    )

    @model_validator(mode="after")
    def _refuse_development_values_in_production(self) -> Self:
        if self.mode is Mode.PRODUCTION and (self.clock_offset_seconds or self.crash_point):
            raise ValueError("clock_offset_seconds and crash_point are refused in production mode")
        if self.mode is Mode.PRODUCTION and self.question_pace < 1.0:
            raise ValueError("question_pace below 1 is refused in production mode")
        if self.http_timeout_seconds >= self.lease_seconds:
            raise ValueError("http_timeout_seconds must be shorter than lease_seconds")
        return self

    @property
    def master_key_path(self) -> Path:
        return self.master_key_file or self.data_dir / "secrets" / "master.key"

    @property
    def sandbox_url(self) -> str:
        return f"http://{self.sandbox_host}:{self.sandbox_port}"

    @property
    def base_url(self) -> str:
        """Where carriers and people reach this hub; the loopback address without a public one."""
        return self.public_url or f"http://{self.host}:{self.port}"


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment, with explicit overrides (command line options) on top."""
    return Settings(**{key: value for key, value in overrides.items() if value is not None})  # type: ignore[arg-type]  # pydantic validates
