"""The recovery key file: the master key in words that a person can keep, and type again if need be."""

import hashlib
from pathlib import Path

HEAD = "PABAL RECOVERY KEY 1"
FILE_NAME = "pabal-recovery-key.txt"


def recovery_key_text(master_key: Path) -> str:
    """Everything that is needed, beside a backup, to read the data again. Raises MasterKeyError."""
    from pabal.kit.db.pii import read_master_key

    read_master_key(master_key)  # says what is wrong with it
    word = master_key.read_text(encoding="ascii").strip()
    return (
        f"{HEAD}\n{word}\n{fingerprint(word)}\n\n"
        "파발의 복구 키입니다. 이 파일이 있는 사람은 백업의 모든 개인정보를 읽을 수 있습니다.\n"
        "이 컴퓨터가 아닌 곳에, 백업과도 따로 보관하십시오. 이 파일이 없으면 백업은 아무도 열 수 없습니다.\n"
        "되돌리기: pabal restore 백업파일 --recovery-key 이파일 --data 새폴더\n"
    )


def fingerprint(word: str) -> str:
    """Short name of a key that tells nothing about it: 64 bits of a hash of 256 random ones."""
    digest = hashlib.sha256(b"pabal recovery key\0" + word.encode()).hexdigest()[:16]
    return "-".join(digest[start : start + 4] for start in range(0, 16, 4))
