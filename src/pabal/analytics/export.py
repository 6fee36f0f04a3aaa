"""Results as rows for a spreadsheet: section, item, count, share, remark."""

from pabal.analytics.schemas import CampaignResultsOut
from pabal.campaigns import STATE_LABELS
from pabal.kit.clock import KST
from pabal.kit.tables import Cell

STATES = {
    "launching": "시작하는 중",
    "running": "보내는 중",
    "paused": "멈춤",
    "held": "멈춤",
    "finished": "발송 완료",
    "cancelled": "취소",
}
CHANNELS = {"sms": "문자(SMS)", "lms": "장문(LMS)", "mms": "장문(MMS)", "alimtalk": "알림톡"}
HEAD = ["구분", "항목", "값", "비율", "설명"]


def lines_of(found: CampaignResultsOut) -> list[list[Cell]]:
    funnel = found.funnel
    rows: list[list[Cell]] = [
        [*HEAD],
        [
            "발송",
            found.name,
            STATES.get(found.state, found.state),
            "",
            "예행연습" if found.rehearse else "",
        ],
    ]
    if found.launched_at is not None:
        rows.append(
            ["발송", "시작 (한국 시간)", f"{found.launched_at.astimezone(KST):%Y-%m-%d %H:%M:%S}", "", ""]
        )
    rows += [
        _row("깔때기", "고른 사람", funnel.selected, funnel.selected),
        _row("깔때기", "뺀 사람", funnel.excluded, funnel.selected),
        _row("깔때기", "보낸 사람", funnel.sent, funnel.selected),
        _row("깔때기", "발송사가 받음", funnel.accepted, funnel.sent),
        _row("깔때기", "도달", funnel.delivered, funnel.sent),
        _row("깔때기", "링크를 누른 사람", funnel.clicked, funnel.delivered),
        _row("깔때기", "답장한 사람", funnel.replied, funnel.delivered),
        _row("깔때기", "수신 거부한 사람", funnel.opted_out, funnel.delivered),
        _row("클릭", "사람", found.clicks.human),
        _row("클릭", "봇", found.clicks.bot),
        _row("클릭", "미리보기", found.clicks.prefetch),
    ]
    rows += [
        _row("링크", one.key or "링크", one.human_people, funnel.delivered, one.url) for one in found.links
    ]
    rows += [
        _row("문안", one.name or one.key, one.clicked, one.delivered, f"도달 {one.delivered:,}명")
        for one in found.texts
    ]
    rows += [
        _row(
            "단계",
            f"{one.step + 1}단계 {CHANNELS.get(one.channel, one.channel)}",
            one.delivered,
            one.tried,
            f"시도 {one.tried:,}명, 다음 단계 {one.went_on:,}명",
        )
        for one in found.flow
    ]
    rows += [_row("실패 사유", one.label, one.people, funnel.sent, one.advice) for one in found.failures]
    rows += [
        _row(
            "받지 못한 사람",
            one.label or STATE_LABELS.get(one.state, one.state),
            one.people,
            funnel.selected,
            STATE_LABELS.get(one.state, one.state),
        )
        for one in found.missed
    ]
    missent = found.missent
    rows += [
        _row("오발송", "사람", missent.people, funnel.sent),
        _row("오발송", "두 번 받음", missent.twice),
        _row("오발송", "거부한 뒤 받음", missent.refused),
        _row("오발송", "대상이 아님", missent.outside),
    ]
    note = "예시 단가" if found.cost.example else ""
    rows += [
        _row(
            "비용",
            CHANNELS.get(line.channel, line.channel),
            line.count,
            None,
            f"{line.unit_price:,}원씩 {line.won:,}원",
        )
        for line in found.cost.lines
    ]
    rows.append(["비용", "합계 (원)", found.cost.won, "", note])
    return rows


def _row(section: str, item: str, count: int, of: int | None = None, remark: str = "") -> list[Cell]:
    return [section, item, count, count / of if of else "", remark]
