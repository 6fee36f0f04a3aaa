"""The papers that carriers and Kakao want before anything real can be sent: what to collect, in the order of collecting.

Carriers register sender numbers by hand (전기통신사업법 84조의2, no API), within one to three working days; lists from their
help pages as of 2026-11.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

PaperKind = Literal["phone", "kakao", "candidacy"]


@dataclass(frozen=True, slots=True)
class Paper:
    """One document; `hint` says where it comes from or what carriers turn down."""

    name: str
    hint: str = ""
    when: str = ""  # only in this case; empty: always


PAPERS: Final[Mapping[PaperKind, Sequence[Paper]]] = {
    "phone": (
        Paper(
            "통신서비스 이용증명원",
            "번호를 개통한 통신사에서 떼요. 석 달 안에 뗀 것이어야 하고 번호와 명의자가 보여야 해요.",
        ),
        Paper("재직증명서", "명의자가 회사이고 신청하는 사람이 그 직원일 때 내요.", "회사 명의 번호"),
        Paper(
            "번호 이용승낙서", "명의자가 서명한 것과 명의자의 신분증 사본이 필요해요.", "다른 사람 명의 번호"
        ),
        Paper(
            "사업자등록증 또는 고유번호증",
            "캠프는 선거사무소의 고유번호증으로 낼 수 있어요.",
            "단체·회사 명의 번호",
        ),
    ),
    "kakao": (
        Paper("카카오톡 채널", "채널 관리자센터에서 만들고 '검색 허용'과 '채널 공개'를 켜요."),
        Paper(
            "비즈니스 채널 인증", "사업자등록증이나 고유번호증으로 신청해요. 심사에 사흘에서 닷새가 걸려요."
        ),
        Paper("채널 관리자의 휴대전화", "발송사에 채널을 연결할 때 인증 번호를 받아요."),
        Paper("알림톡 템플릿", "문구마다 심사를 받아요. 정보성 안내만 되고 선거운동이나 광고는 안 돼요."),
    ),
    "candidacy": (
        Paper("선거 이름과 선거구"),
        Paper(
            "(예비)후보자 등록 확인",
            "등록한 날과 등록 상태. 등록 전에는 선거운동 문자를 여럿에게 보낼 수 없어요.",
        ),
        Paper(
            "선거운동용 전화번호 신고서와 접수증",
            "번호 하나만 쓸 수 있고, 보내기 전날까지 관할 선거관리위원회에 신고해요.",
        ),
        Paper("수신거부용 080 번호", "개통에 사나흘이 걸려요."),
    ),
}
