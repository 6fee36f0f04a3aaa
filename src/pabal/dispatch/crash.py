"""Named crash points: acceptance tests arm one and the process dies exactly there, as by kill -9.

`PABAL_CRASH_POINT=name[.stage]:marker-file`. The marker makes it one death per arming, however many workers share the
environment: whoever creates the file dies. Refused in production mode by `config`.
"""

import os
import signal

from pabal.config import Settings

POINTS = (
    "after_claim",
    "after_calling",
    "mid_body",
    "after_accept",
    "before_outcome",
    "mid_outcome",
    "after_outcome",
)


def armed(settings: Settings, point: str, stage: str = "") -> bool:
    name = (settings.crash_point or "").partition(":")[0]
    return bool(name) and name in {point, f"{point}.{stage}"}


def crash(settings: Settings, point: str, stage: str = "") -> None:
    """Die here if this point is armed and its marker is still to be made."""
    if not armed(settings, point, stage):
        return
    marker = (settings.crash_point or "").partition(":")[2]
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
