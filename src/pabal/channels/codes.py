"""The shape of a carrier's code table. Each product has a table of its own: the same number means different things."""

from collections.abc import Mapping
from dataclasses import dataclass

from pabal.channels.answers import NotSent, Refused, Unknown
from pabal.channels.reports import AccountCheck
from pabal.domain.message import FailureClass

OURS = "파발의 오류예요. 관리자에게 알려 주세요."
SENDER = "발신번호를 통신사에 등록했는지 확인해 주세요."
BALANCE = "통신사 계정에 충전한 뒤 다시 보내 주세요."
TEXT = "문구를 고쳐 다시 보내 주세요."
TEMPLATE = "템플릿이 승인된 내용과 같은지 확인해 주세요."
PROFILE = "카카오 발신프로필 연결을 확인해 주세요."
ADDRESS = "연락처의 번호를 확인해 주세요."
LATER = "잠시 뒤 다시 시도할 수 있어요."
RESPECT = "본인이 거부한 번호예요. 보내지 말아 주세요."
ASK_CARRIER = "통신사에 문의해 주세요."


@dataclass(frozen=True, slots=True)
class Code:
    """One code.

    `certain` False = a carrier fault or a silence that may still turn into a delivery. `verified` False = no public
    document says so and no account of ours has shown it; `switched` says what then counts instead.
    """

    meaning_ko: str
    failure_class: FailureClass
    certain: bool = True
    mend_ko: str = ""
    opt_out: bool = False
    one_of_them: bool = (
        False  # as an answer to a whole request: some recipient is at fault, nobody says which
    )
    verified: bool = True


def switched(table: Mapping[str, Code], *, trust_unverified: bool) -> dict[str, Code]:
    """A table with its unverified readings believed or not.

    Not believed = not certain: the engine asks about the message instead of sending it again or elsewhere.
    """
    if trust_unverified:
        return dict(table)
    return {
        name: code
        if code.verified
        else Code(code.meaning_ko, code.failure_class, certain=False, mend_ko=code.mend_ko, verified=False)
        for name, code in table.items()
    }


def refused(code: str, entry: Code, retry_after: float | None = None) -> Refused:
    return Refused(
        code=code,
        message_ko=entry.meaning_ko,
        failure_class=entry.failure_class,
        certain=entry.certain,
        retry_after=retry_after,
        mend_ko=entry.mend_ko,
        one_of_them=entry.one_of_them,
    )


def failed_check(failure: object) -> AccountCheck:
    """What a person reads when the account test didn't get its yes."""
    if isinstance(failure, Refused):
        text = f"{failure.message_ko}. {failure.mend_ko}".strip()
        return AccountCheck(ok=False, message_ko=text, code=failure.code)
    if isinstance(failure, NotSent):
        message = "통신사에 연결할 수 없어요. 주소를 확인해 주세요."
        return AccountCheck(ok=False, message_ko=message, code=failure.why)
    why = failure.why if isinstance(failure, Unknown) else "unexpected"
    message = "통신사의 답을 알아볼 수 없어요. 잠시 뒤 다시 해 주세요."
    return AccountCheck(ok=False, message_ko=message, code=why)
