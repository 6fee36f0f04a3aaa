"""What the books of a send are called where people read them."""

from collections.abc import Mapping

from pabal.domain.message import AttemptState
from pabal.domain.reconcile import Bucket, Check

BUCKET_LABELS: Mapping[Bucket, str] = {
    Bucket.DELIVERED: "도달",
    Bucket.FAILED: "실패",
    Bucket.PRESUMED: "실패로 봄 (늦은 결과가 오면 고침)",
    Bucket.SKIPPED: "뺌",
    Bucket.CANCELLED: "취소",
    Bucket.EXPIRED: "기한 지남",
    Bucket.WAITING: "보내기를 기다림",
    Bucket.ON_THE_WAY: "보내는 중",
    Bucket.NO_RECEIPT: "접수됐고 결과가 아직 없음",
    Bucket.UNCERTAIN: "갔는지 모름",
}

TRY_LABELS: Mapping[AttemptState, str] = {
    AttemptState.INTENT: "보내려고 적어 둠",
    AttemptState.UNKNOWN: "답을 못 받음",
    AttemptState.VOIDED: "발송사에 닿지 않음",
    AttemptState.ERRORED: "발송사가 거절함",
    AttemptState.ACCEPTED: "발송사가 접수함",
    AttemptState.UNCERTAIN: "물어도 알 수 없음",
    AttemptState.FAILED: "발송사가 실패라고 함",
    AttemptState.DELIVERED: "발송사가 도달이라고 함",
}

# (what is compared, left, right)
CHECK_LABELS: Mapping[Check, tuple[str, str, str]] = {
    Check.EVERYBODY: ("받는 사람이 모두 장부에 있나", "대상", "장부의 사람"),
    Check.COUNTERS: ("화면의 숫자가 장부와 같나", "화면의 합", "장부의 합"),
    Check.NEWEST_TRY: ("사람의 상태가 마지막 시도와 맞나", "사람", "맞는 사람"),
    Check.TRIES: ("시도가 빠짐없이 적혔나", "사람이 센 시도", "적힌 시도"),
    Check.HANDED_OVER: ("발송사에 넘긴 수가 시도와 같나", "요청에 담긴 사람", "요청의 시도"),
    Check.ANSWERED: ("끝난 요청에 답 없는 시도가 없나", "있어야 할 수", "답 없는 시도"),
    Check.RESERVED: ("잡은 한도가 시도와 같나", "한도 장부", "한도를 잡은 시도"),
    Check.SETTLED: ("쓴 한도가 시도와 같나", "한도 장부", "한도를 쓴 시도"),
    Check.RELEASED: ("돌려준 한도가 시도와 같나", "한도 장부", "한도를 돌려준 시도"),
    Check.KEPT: ("잡아 둔 한도가 모두 열린 시도의 것인가", "잡아 둔 한도", "열린 시도"),
}

WAITS_LABELS: Mapping[str, str] = {
    "launch": "명단이 굳기를 기다려요",
    "turn": "보낼 차례를 기다려요",
    "retry": "다시 시도하거나 다음 채널로 보낼 때를 기다려요",
    "resume": "멈춘 발송을 누가 다시 시작할 때까지 기다려요",
    "hold": "발송이 보류된 까닭이 풀리기를 기다려요",
    "end": "취소를 마무리하고 있어요",
    "answer": "발송사의 답을 기다려요. 답이 없으면 물어봐요",
    "poll": "도달 결과를 기다려요. 오지 않으면 물어봐요",
    "person": "사람이 정해야 해요",
}
