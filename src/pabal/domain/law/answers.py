"""The answer to "제 번호는 어떻게 아셨나요?": source, basis, the right to stop (개인정보 보호법 제20조 1항, P-08). Pure."""

from datetime import date


def source_answer(tenant: str, basis: str, source: str, obtained_on: date) -> str:
    """A text to send back as it is. Nothing about the person in it but what they asked for."""
    day = f"{obtained_on.year}년 {obtained_on.month}월 {obtained_on.day}일"
    return (
        f"{tenant}입니다. 연락처는 {day}에 ‘{source}’에서 받았고, 근거는 ‘{basis}’입니다."
        " 안내를 드리는 데만 쓰고 있습니다."
        " 더 받지 않으시려면 ‘수신거부’라고 답장해 주세요. 바로 멈추고, 지워 달라고 하시면 지웁니다."
    )
