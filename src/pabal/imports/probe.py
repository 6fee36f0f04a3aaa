"""Looking into a workbook from outside: the child that opens it (imports/xlsx) is fed and asked.

The file goes part by part from the database through this process, decrypted one at a time, into the child's
pipe: nothing plain touches a disk and the web process holds a megabyte of it. Two children at most: each may
take a gigabyte and a half.
"""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from pabal.imports import xlsx
from pabal.imports.read import UnreadableFileError
from pabal.kit.embedded.spawn import die_with_parent

_AT_ONCE = asyncio.Semaphore(2)
_SAVE_AS = "엑셀에서 '다른 이름으로 저장'을 누르고 'Excel 통합 문서(.xlsx)'로 저장해 올려 주세요"
_REFUSALS = {
    "zip": ("file_is_zip", "압축 파일(zip)이에요. 압축을 풀고 안에 든 엑셀이나 CSV 파일을 올려 주세요"),
    "old_excel": ("file_is_excel", f"예전 엑셀(.xls) 파일이에요. {_SAVE_AS}"),
    "binary_excel": ("file_is_excel", f"엑셀 바이너리(.xlsb) 파일이에요. {_SAVE_AS}"),
    "encrypted": (
        "file_encrypted",
        "암호가 걸린 파일이에요. 엑셀에서 [파일 → 정보 → 통합 문서 보호]의 암호를 지우고 저장해 올려 주세요",
    ),
    "document": (
        "file_not_text",
        "명단으로 읽을 수 없는 문서예요. 표를 엑셀에 붙여 넣고 .xlsx로 저장해 올려 주세요",
    ),
    "damaged": (
        "file_damaged",
        "엑셀 파일이 깨졌거나 끝까지 오지 않았어요. 엑셀에서 열어 다시 저장한 뒤 올려 주세요",
    ),
    "expands": (
        "file_expands",
        "풀면 지나치게 커지는 파일이라 열지 않았어요. 명단만 새 통합 문서에 복사해 올려 주세요",
    ),
    "too_big": (
        "file_expands",
        "표가 너무 넓거나 길어 열지 못했어요. 멀리 떨어진 칸을 지우거나, 명단만 새 시트에 복사해 올려 주세요",
    ),
}


async def look_into(parts: AsyncIterator[bytes]) -> list[dict[str, Any]]:
    """The sheets of a workbook, each with a sample (`xlsx.look`). Raises UnreadableFileError."""
    async with _AT_ONCE:
        answer = await _ask(parts)
    if "refused" in answer:
        raise UnreadableFileError(*_REFUSALS[answer["refused"]])
    sheets: list[dict[str, Any]] = answer["sheets"]
    return sheets


async def _ask(parts: AsyncIterator[bytes]) -> dict[str, Any]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(Path(xlsx.__file__)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # an aborting parser prints where it was
        env={},
        preexec_fn=die_with_parent(signal.SIGKILL),
    )
    assert child.stdin is not None
    assert child.stdout is not None
    said = asyncio.ensure_future(child.stdout.read())
    try:
        try:
            async for part in parts:
                child.stdin.write(part)
                await child.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            pass  # it ended before it had read everything: its exit code says why
        child.stdin.close()
        out = await said
        code = await child.wait()
    except BaseException:
        said.cancel()
        if child.returncode is None:
            child.kill()
            await child.wait()
        raise
    if code != 0:  # the kernel's limits on memory and time end it without a word
        return {"refused": "too_big"}
    answer: dict[str, Any] = json.loads(out)
    return answer
