"""Named crash points: acceptance tests arm one and the process dies exactly there, as by kill -9.

`PABAL_CRASH_POINT=name[.stage][@step]:marker-file[:freeze]`. `@1` arms it for the second channel step alone. The marker makes
it one death per arming, however many workers share the environment: whoever creates the file dies. With `freeze` it is
stopped instead, as a machine that was suspended, until somebody lets it go on. Refused in production mode by `config`.
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


def armed(settings: Settings, point: str, stage: str = "", *, step: int) -> bool:
    name, _, only = (settings.crash_point or "").partition(":")[0].partition("@")
    return bool(name) and name in {point, f"{point}.{stage}"} and only in {"", str(step)}


def crash(settings: Settings, point: str, stage: str = "", *, step: int) -> None:
    """Die (or freeze) here if this point is armed and its marker is still to be made."""
    if not armed(settings, point, stage, step=step):
        return
    marker, _, how = (settings.crash_point or "").partition(":")[2].partition(":")
    try:
        os.close(os.open(marker, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGSTOP if how == "freeze" else signal.SIGKILL)
