"""The send: everybody once, the right words, nobody who said no; judged by the carrier's ledger, not by the hub.

The carrier answers late, errs, drops connections after it has accepted, and can't reach everybody. While it runs, people
opt out, and a screen watches the counts.
"""

import csv
import io
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from pabal.rehearsal.book import quantile
from pabal.rehearsal.hub import Api, Hub, RehearsalError
from pabal.rehearsal.people import SURNAMES
from pabal.rehearsal.report import Criterion

Tell = Callable[[float], None]
SEND_SECONDS = 1200
DELIVERED = 0.95
LAG_SECONDS = 5
WRONG = 0.001
RATE = 500  # messages a second: slow enough that people can opt out while it runs
BODY = "#{이름}님, 주민 설명회 좌석은 #{좌석}번이에요."
# What was claimed before the opt-out committed is on the wire already (docs/dispatch.md); a call takes seconds at most.
ON_THE_WIRE_SECONDS = 2.0
UNREACHABLE = {"3104": 0.01, "3047": 0.005}  # nonexistent numbers, handsets out of reach
BEHAVIOUR: Mapping[str, object] = {
    "latencyMs": 20,
    "jitterMs": 40,
    "errorRate": 0.01,
    "resetAfterAcceptRate": 0.01,
    "deliverDelayMs": 400,
    "receiptDuplicateRate": 0.05,
    "failCodes": UNREACHABLE,
}
_GIVEN = "하늘 바다 가람 누리 다솜 라온 마루 보람 새롬 아름 한별 초롱 슬기 나래 이슬".split()  # noqa: SIM905


@dataclass(frozen=True)
class Guest:
    name: str
    phone: str
    seat: str

    @property
    def text(self) -> str:
        return BODY.replace("#{이름}", self.name).replace("#{좌석}", self.seat)


@dataclass
class Sent:
    """What was expected, and what the ledger holds."""

    guests: Sequence[Guest]
    refused_before: set[str]
    refused_at: dict[str, float] = field(default_factory=dict)  # phone -> when the hub had said yes
    ledger: list[dict[str, Any]] = field(default_factory=list)
    seen: list[tuple[float, int]] = field(default_factory=list)  # when a screen counted how many
    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True)
class Misses:
    """Wrong sends, by kind."""

    stranger: int
    wrong_text: int
    after_refusal: int
    twice: int

    @property
    def total(self) -> int:
        return self.stranger + self.wrong_text + self.after_refusal + self.twice


def guests(count: int) -> list[Guest]:
    """Everybody with a handset and a seat; every fiftieth shares the handset of the one before."""
    found: list[Guest] = []
    for number in range(count):
        name = SURNAMES[number % 40] + _GIVEN[number // 40 % len(_GIVEN)]
        shared = number % 50 == 49
        phone = found[-1].phone if shared else f"010{20_000_000 + number * 7 % 70_000_000:08d}"
        found.append(Guest(name, phone, f"{chr(65 + number % 26)}{number:05d}"))
    return found


def guests_csv(people: Sequence[Guest]) -> bytes:
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["이름", "휴대폰", "좌석"])
    sheet.writerows([one.name, one.phone, one.seat] for one in people)
    return ("\ufeff" + out.getvalue()).encode()


def send(hub: Hub, api: Api, count: int, tell: Tell) -> Sent:
    """Import, opt some out, launch, opt more out while it runs, wait for every receipt."""
    people = guests(count + count // 20)  # room for households and those who say no
    api.import_csv(guests_csv(people), lambda now, all_: tell(0.2 * now / all_))
    step = max(10, len(people) // 100)
    before = {one.phone for one in people[5::step]}
    for phone in before:
        _refuse(api, phone)
    sent = Sent(people, before)
    hub.behave(**BEHAVIOUR)
    known = len(hub.ledger())
    campaign = _draft(api, rate=max(50, min(RATE, count // 10)))
    stop = threading.Event()
    screen = threading.Thread(target=_watch, args=(api, campaign, sent, stop), daemon=True)
    screen.start()
    began = time.monotonic()
    api.post(f"/api/campaigns/{campaign}/launch", {})
    later = iter([one.phone for one in people[len(people) // 3 + 7 :: step] if one.phone not in before])
    while True:
        progress = api.get(f"/api/campaigns/{campaign}/progress")
        counts = progress["counts"]
        open_ = counts["queued"] + counts["sending"] + counts["accepted"] + counts["uncertain"]
        tell(min(0.99, 0.2 + 0.8 * (1 - open_ / max(1, progress["audience"]))))
        if progress["state"] == "finished":
            break
        if time.monotonic() - began > SEND_SECONDS:
            break  # the table will say how far it came
        if counts["accepted"] + counts["delivered"] > 0 and (one := next(later, None)) is not None:
            _refuse(api, one)
            sent.refused_at[one] = time.time()
            continue
        time.sleep(0.1)
    sent.seconds = time.monotonic() - began
    stop.set()
    sent.counts = counts
    sent.ledger = hub.ledger()[known:]
    hub.behave()
    screen.join(20)
    return sent


def _refuse(api: Api, phone: str) -> None:
    api.post("/api/suppressions", {"kind": "phone", "value": phone, "reason": "예행연습"})


def _draft(api: Api, *, rate: int) -> str:
    sender = next((one for one in api.get("/api/senders")["items"] if one["kind"] == "phone"), None)
    if sender is None:
        raise RehearsalError("발신번호가 없습니다")
    body = {
        "name": "예행연습",
        "messageClass": "civic",
        "filter": {},
        "ratePerSecond": rate,
        "steps": [{"channel": "sms", "senderId": sender["id"], "body": BODY}],
    }
    return str(api.post("/api/campaigns", body)["id"])


def _watch(api: Api, campaign: str, sent: Sent, stop: threading.Event) -> None:
    """A screen: live events, and one look at the counts for each that concerns the campaign."""
    cookies = dict(api.http.cookies)
    try:
        with (
            httpx.Client(base_url=api.http.base_url, cookies=cookies, timeout=30, trust_env=False) as client,
            client.stream("GET", "/api/events") as events,
        ):
            for line in events.iter_lines():
                if stop.is_set():
                    return
                if line.startswith("data:") and campaign in line:
                    counts = client.get(f"/api/campaigns/{campaign}/progress").json()["counts"]
                    sent.seen.append(
                        (time.time(), counts["accepted"] + counts["delivered"] + counts["failed"])
                    )
    except httpx.HTTPError:
        return  # a screen that lost its line has seen what it has seen; too little of it fails the criterion


def misses(sent: Sent) -> Misses:
    """Everything in the ledger that should not be there."""
    texts: dict[str, set[str]] = {}
    for one in sent.guests:
        texts.setdefault(one.phone, set()).add(one.text)
    stranger = wrong = late = 0
    for line in sent.ledger:
        allowed = texts.get(line["to"])
        refused = sent.refused_at.get(line["to"])
        if allowed is None:
            stranger += 1
        elif line["text"] not in allowed:
            wrong += 1
        if line["to"] in sent.refused_before or (
            refused is not None and _stamp(line["acceptedAt"]) > refused + ON_THE_WIRE_SECONDS
        ):
            late += 1
    twice = sum(times - 1 for times in Counter(line["to"] for line in sent.ledger).values())
    return Misses(stranger, wrong, late, twice)


def lags(sent: Sent) -> list[float]:
    """For every 50th acceptance: seconds until a screen counted it. One that no screen ever counted is endless."""
    accepted = sorted(_stamp(line["acceptedAt"]) for line in sent.ledger)
    found = []
    for place in range(0, len(accepted), 50):
        visible = next((at for at, count in sent.seen if count > place), None)
        found.append(float("inf") if visible is None else max(0.0, visible - accepted[place]))
    return found


def _stamp(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def judge(sent: Sent) -> list[Criterion]:
    total = len(sent.ledger)
    delivered = sum(line["finalState"] == "delivered" for line in sent.ledger)
    share = delivered / total if total else 0.0
    shown = sent.counts.get("delivered", 0)
    slow = quantile(lags(sent), 1.0) if total else float("inf")
    wrong = misses(sent)
    stopped = len(set(sent.refused_at) - {line["to"] for line in sent.ledger})
    return [
        Criterion(
            f"{total:,}건 SMS 발송",
            "도달 95 % 이상, 20분 이내",
            f"도달 {share:.2%}, {sent.seconds:.0f}초 (화면의 도달 {shown:,} = 통신사 {delivered:,})",
            share >= DELIVERED and sent.seconds <= SEND_SECONDS and shown == delivered,
        ),
        Criterion("대시보드 지연", "5초 이내", f"최대 {slow:.2f}초", slow <= LAG_SECONDS),
        Criterion(
            "오발송·중복",
            "0.1 % 미만",
            f"{wrong.total}건 (다른 사람 {wrong.stranger}, 다른 내용 {wrong.wrong_text}, 거부 뒤 {wrong.after_refusal}, "
            f"두 번 {wrong.twice}; 발송 중 거부 {len(sent.refused_at)}명 가운데 {stopped}명 멈춤)",
            total > 0 and wrong.total / total < WRONG,
        ),
    ]
