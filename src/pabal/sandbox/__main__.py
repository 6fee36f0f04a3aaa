"""`python -m pabal.sandbox --port N --data DIR`: the simulator alone, for tests and for other clients."""

import argparse
import os
from pathlib import Path

from pabal.sandbox.config import SandboxConfig, SandboxConfigError
from pabal.sandbox.ledger import LedgerInUseError
from pabal.sandbox.server import announce_on_stdout, run


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m pabal.sandbox", description="Solapi v4 simulator")
    parser.add_argument("--data", type=Path, required=True, help="folder of its ledger and key")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001, help="0: a free one; it is printed")
    parser.add_argument("--strict-keys", action="store_true", help="refuse API keys that were not registered")
    parser.add_argument("--keep-days", type=int, default=30)
    parser.add_argument("--webhook-backoff", default="1,3,10,30", help="seconds between the 5 webhook calls")
    given = parser.parse_args()
    config = SandboxConfig(
        data_dir=given.data,
        host=given.host,
        port=given.port,
        token=os.environ.get("PABAL_SANDBOX_TOKEN"),
        accept_any=not given.strict_keys,
        keep_days=given.keep_days,
        webhook_backoff=tuple(float(part) for part in given.webhook_backoff.split(",")),
    )
    try:
        run(config, announce_on_stdout)
    except (SandboxConfigError, LedgerInUseError) as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    main()
