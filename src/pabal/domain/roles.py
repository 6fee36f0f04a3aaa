"""Who may do what: one matrix, as data. Routes name a permission, the settings page shows this table, a
test walks it.

Owner > admin > staff: staff draft and reply, admins launch and import, owners manage the team, money,
carriers and unmasked exports. An API key reaches a permission only through its scope; a permission without
scope is for people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, get_args


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    STAFF = "staff"


ROLE_LABELS: Mapping[Role, str] = {Role.OWNER: "소유자", Role.ADMIN: "관리자", Role.STAFF: "실무자"}

Permission = Literal[
    "contacts.read",
    "contacts.write",
    "contacts.delete",
    "contacts.reveal",
    "contacts.unmasked",
    "suppressions.read",
    "suppressions.write",
    "suppressions.remove",
    "imports.read",
    "imports.run",
    "exports.run",
    "exports.unmasked",
    "templates.read",
    "templates.write",
    "templates.submit",
    "senders.read",
    "senders.manage",
    "carriers.read",
    "carriers.manage",
    "campaigns.read",
    "campaigns.draft",
    "campaigns.test",
    "campaigns.approve",
    "campaigns.launch",
    "campaigns.control",
    "messages.read",
    "messages.resolve",
    "rules.read",
    "rules.change",
    "candidacies.manage",
    "inbox.read",
    "inbox.reply",
    "inbox.manage",
    "records.read",
    "records.write",
    "partitions.manage",
    "automation.read",
    "automation.write",
    "automation.run",
    "analytics.read",
    "quota.read",
    "quota.change",
    "jobs.read",
    "events.read",
    "operations.read",
    "team.read",
    "team.manage",
    "api_keys.manage",
    "audit.read",
    "settings.read",
    "settings.change",
]


@dataclass(frozen=True, slots=True)
class Rule:
    """Which roles hold a permission, which API key scope reaches it, what the settings page calls it."""

    roles: frozenset[Role]
    scope: str | None
    label: str


_ALL = frozenset(Role)
_ADMINS = frozenset({Role.OWNER, Role.ADMIN})
_OWNER = frozenset({Role.OWNER})

MATRIX: Mapping[Permission, Rule] = {
    "contacts.read": Rule(_ALL, "contacts:read", "연락처 보기 (번호는 가려짐)"),
    "contacts.write": Rule(_ALL, "contacts:write", "연락처 추가·수정·태그·합치기"),
    "contacts.delete": Rule(_ADMINS, "contacts:delete", "연락처 삭제"),
    "contacts.reveal": Rule(_ALL, "contacts:reveal", "가려진 번호 열어 보기 (기록에 남음)"),
    "contacts.unmasked": Rule(_ADMINS, None, "번호를 가리지 않고 보기"),
    "suppressions.read": Rule(_ALL, "contacts:read", "수신 거부 보기"),
    "suppressions.write": Rule(_ALL, "contacts:write", "수신 거부 등록"),
    "suppressions.remove": Rule(_ADMINS, None, "수신 거부 해제"),
    "imports.read": Rule(_ALL, "imports:read", "가져오기 결과 보기"),
    "imports.run": Rule(_ADMINS, "imports:run", "명단 가져오기·되돌리기"),
    "exports.run": Rule(_ADMINS, None, "내보내기 (번호는 가려짐)"),
    "exports.unmasked": Rule(_OWNER, None, "번호를 가리지 않고 내보내기"),
    "templates.read": Rule(_ALL, "templates:read", "템플릿 보기"),
    "templates.write": Rule(_ALL, "templates:write", "템플릿 작성"),
    "templates.submit": Rule(_ADMINS, "templates:write", "템플릿 심사 요청"),
    "senders.read": Rule(_ALL, "senders:read", "발신번호·카카오 채널 보기"),
    "senders.manage": Rule(_ADMINS, None, "발신번호·카카오 채널 관리"),
    "carriers.read": Rule(_ADMINS, None, "발송사 계정 보기"),
    "carriers.manage": Rule(_OWNER, None, "발송사 계정 관리"),
    "campaigns.read": Rule(_ALL, "campaigns:read", "발송 보기"),
    "campaigns.draft": Rule(_ALL, "campaigns:write", "발송 작성·점검·승인 요청"),
    "campaigns.test": Rule(_ALL, "campaigns:write", "시험 발송"),
    "campaigns.approve": Rule(_ADMINS, None, "발송 승인·반려"),
    "campaigns.launch": Rule(_ADMINS, "campaigns:launch", "발송 시작"),
    "campaigns.control": Rule(_ADMINS, "campaigns:launch", "발송 멈춤·재개·취소"),
    "messages.read": Rule(_ALL, "messages:read", "메시지 내역 보기"),
    "messages.resolve": Rule(_ADMINS, None, "결과를 모르는 메시지 처리"),
    "rules.read": Rule(_ALL, "campaigns:read", "지킬 규칙 보기"),
    "rules.change": Rule(_OWNER, None, "규칙 수준 바꾸기"),
    "candidacies.manage": Rule(_ADMINS, None, "후보자 정보 관리"),
    "inbox.read": Rule(_ALL, "inbox:read", "받은 답장 보기"),
    "inbox.reply": Rule(_ALL, "inbox:write", "답장 보내기"),
    "inbox.manage": Rule(_ALL, "inbox:write", "담당자·상태·메모 바꾸기"),
    "records.read": Rule(_ALL, "records:read", "레코드 보기"),
    "records.write": Rule(_ALL, "records:write", "레코드 추가·수정"),
    "partitions.manage": Rule(_ADMINS, "records:manage", "표 만들기·바꾸기"),
    "automation.read": Rule(_ALL, "automation:read", "자동 발송 보기"),
    "automation.write": Rule(_ADMINS, "automation:write", "자동 발송 규칙 만들기·바꾸기"),
    "automation.run": Rule(_ADMINS, "automation:run", "자동 발송 실행·수동 발송"),
    "analytics.read": Rule(_ALL, "analytics:read", "통계 보기"),
    "quota.read": Rule(_ALL, "quota:read", "발송 한도 보기"),
    "quota.change": Rule(_OWNER, None, "발송 한도 바꾸기"),
    "jobs.read": Rule(_ALL, "jobs:read", "진행 중인 작업 보기"),
    "events.read": Rule(_ALL, "events:read", "실시간 알림 받기"),
    "operations.read": Rule(_ADMINS, None, "발송 통로·대사 보기"),
    "team.read": Rule(_ALL, None, "팀원 보기"),
    "team.manage": Rule(_OWNER, None, "팀원 초대·역할·내보내기"),
    "api_keys.manage": Rule(_OWNER, None, "API 키 관리"),
    "audit.read": Rule(_ADMINS, None, "감사 기록 보기"),
    "settings.read": Rule(_ALL, None, "설정 보기"),
    "settings.change": Rule(_OWNER, None, "설정 바꾸기"),
}

PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
SCOPES: tuple[str, ...] = tuple(sorted({rule.scope for rule in MATRIX.values() if rule.scope is not None}))


def role_may(role: Role, permission: Permission) -> bool:
    return role in MATRIX[permission].roles


def scopes_may(scopes: frozenset[str], permission: Permission) -> bool:
    """A key reaches what its scopes name; a permission without scope is for people alone."""
    return MATRIX[permission].scope in scopes
