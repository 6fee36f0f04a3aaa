"""Entry of the `pabal` command: errors meant for people are shown without a traceback."""

import contextlib
import sys


def main() -> None:
    from pabal.cli import app
    from pabal.kit.embedded.files import EmbeddedError

    _log_to_stderr()
    try:
        app()
    except EmbeddedError as error:
        sys.stderr.write(f"pabal: {error}\n")
        sys.exit(1)
    except Exception as error:
        # The database or Redis being away is no bug of ours: one line instead of a traceback.
        if type(error).__name__ not in {"OperationalError", "PoolTimeout", "ConnectionError"}:
            raise
        sys.stderr.write(f"pabal: 데이터베이스나 Redis 에 연결하지 못했습니다: {str(error).strip()}\n")
        sys.exit(1)


def _log_to_stderr() -> None:
    """Stdout belongs to answers (`--json`, the ready line). The long-running processes set up their own
    log.
    """
    with contextlib.suppress(ImportError):
        import structlog

        structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


if __name__ == "__main__":
    main()
