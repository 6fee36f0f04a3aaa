"""What the pictures need beyond the demo data: lists that meet, a messy workbook that waits, a campaign sent and one going."""

import time
from typing import Any

import httpx
from tests.support.doubt import carrier_that_behaves, carrier_that_forgets, unfenced_sender
from tests.support.processes import wait_until
from tests.support.workbooks import Value, workbook

from pabal.rehearsal.lists import uploads

LOGIN = {"email": "owner@demo.camp", "password": "pabal-demo"}
LISTS_SEED, LIST_ROWS, BIG_ROWS = 20261123, 6_000, 40_000
CONDITIONS = {
    "policy": "merge",
    "basis": "consent",
    "source": "가을 주민간담회 참석 신청서",
    "obtainedOn": "2026-10-18",
}

# One column of each kind, one cell of each trouble.
HEADER: tuple[Value, ...] = (
    "연번",
    "성명",
    "연락처(H.P)",
    "생년",
    "주소(동)",
    "이메일",
    "문자수신",
    "비고",
    "지지정당",
)
TROUBLES: list[tuple[Value, ...]] = [
    (1, "이영희 위원장님", 1022223334, "79", "공덕동", "", "X", "", "무당층"),
    (2, "박민호", "1.01E+09", "1984", "망원동", "minho@naver.con", "O", "저녁에 연락", "중도"),
    (3, "최보람", "010-5555-6667", "90", "연남동", "", "O", "주민 800101-1234567", "중도"),
    (4, "정하은", "010.8844.9090", "1987", "상암동", "haeun@daum.net", "동의", "", ""),
    (5, "임수빈", "+82 10-5512-4417", "92", "합정동", "", "O", "", "중도"),
]


def messy_workbook() -> bytes:
    names = ("서지우", "한도윤", "오하린", "조은서", "윤시우", "강나래", "배다온", "문가람")
    plain: list[tuple[Value, ...]] = [
        (n, names[n % 8], f"010-{2000 + n:04}-{1000 + n:04}", str(60 + n % 38), "서교동", "", "O", "", "중도")
        for n in range(6, 900)
    ]
    rows: list[tuple[Value, ...]] = [("2026 가을 주민간담회 참석 신청",), HEADER, *TROUBLES, *plain]
    return workbook({"전체명단": rows, "안내": [("대외비",)], "연남동": [HEADER, *TROUBLES[:2]]})


class Camp:
    """The demo camp's owner, over HTTP. What is there already is not made again."""

    def __init__(self, base: str) -> None:
        self.client = httpx.Client(base_url=base, timeout=120, trust_env=False)
        signed_in = self.client.post("/api/auth/login", json=LOGIN).raise_for_status()
        self.client.headers["X-CSRF-Token"] = signed_in.json()["csrfToken"]

    def get(self, path: str) -> Any:
        return self.client.get(path).raise_for_status().json()

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.client.post(path, json=body).raise_for_status()
        return answer.json() if answer.content else None

    def upload(self, name: str, body: bytes) -> dict[str, Any]:
        return dict(self.client.post("/api/imports", files={"file": (name, body)}).raise_for_status().json())

    def start(self, made: dict[str, Any]) -> None:
        self.post(f"/api/imports/{made['id']}/start", {**CONDITIONS, "mapping": made["mapping"]})

    def until(self, path: str, *states: str) -> dict[str, Any]:
        wait_until(lambda: self.get(path)["state"] in states, seconds=300, every=0.2)
        return dict(self.get(path))

    def imported(self) -> str:
        """The second of two lists about the same people: it makes, merges, asks and leaves out."""
        found = self._named("9월 간담회 취합.csv")
        if found is None:
            for name, one in zip(
                ("봄 명함 정리.csv", "9월 간담회 취합.csv"), uploads(LISTS_SEED, LIST_ROWS), strict=True
            ):
                made = self.upload(name, one.body)
                self.start(made)
                self.until(f"/api/imports/{made['id']}", "completed", "failed")
            found = str(made["id"])
        return found

    def waiting(self) -> str:
        return self._named("주민간담회_취합.xlsx") or str(
            self.upload("주민간담회_취합.xlsx", messy_workbook())["id"]
        )

    def big(self) -> dict[str, Any]:
        """Uploaded, not started: long enough to be looked at while it runs."""
        return self.upload("전체 명단 2026.csv", uploads(time.time_ns() % 100_000, BIG_ROWS)[0].body)

    def _named(self, name: str) -> str | None:
        items = self.get("/api/imports?limit=100")["items"]
        return next((str(one["id"]) for one in items if one["fileName"] == name), None)

    def segment(self) -> str:
        """Groups in groups, and people left out."""
        name, tag = "간담회 초대 대상", {"field": "tag", "op": "in", "value": ["청년", "학부모"]}
        items = self.get("/api/segments")["items"]
        found = next((str(one["id"]) for one in items if one["name"] == name), None)
        either = {"any": [tag, {"field": "ageBand", "op": "in", "value": ["20", "30"]}]}
        district = {"field": "district", "op": "in", "value": ["연남동", "합정동", "망원1동"]}
        left_out = {"not": {"field": "lastContact", "op": "within_days", "value": 7}}
        rule = {"name": name, "filter": {"all": [district, either, left_out]}}
        return found or str(self.post("/api/segments", rule)["id"])

    def drop_drafts(self) -> None:
        """The composer keeps what was written for a picture."""
        for one in self.get("/api/campaigns?limit=100")["items"]:
            if one["state"] == "draft":
                self.client.delete(f"/api/campaigns/{one['id']}").raise_for_status()

    def campaign(self, name: str, *, ended: bool, **fields: Any) -> str:
        """Sent to the simulator; `ended` waits for the last report."""
        items = self.get("/api/campaigns?limit=100")["items"]
        states = {"finished"} if ended else {"running"}
        found = next((str(c["id"]) for c in items if c["name"] == name and c["state"] in states), None)
        if found is None:
            sender = next(s for s in self.get("/api/senders")["items"] if s["kind"] == "phone")
            body = "#{이름}님, 신청하신 주민 간담회가 11월 28일(토) 오전 10시 주민센터 2층에서 열려요."
            made = self.post(
                "/api/campaigns",
                {
                    "name": name,
                    "messageClass": "civic",
                    "filter": {},
                    "steps": [{"channel": "sms", "senderId": sender["id"], "body": body}],
                    **fields,
                },
            )
            found = str(made["id"])
            digest = self.post(f"/api/campaigns/{found}/check", {})["digest"]
            self.post(f"/api/campaigns/{found}/launch", {"digest": digest})
            self.until(f"/api/campaigns/{found}/progress", *states)
        return found

    def uncertain(self) -> str:
        """A campaign with people whom its carrier forgot: the hub asks twice in six minutes (`tests.support.doubt.PACE` makes
        seconds of them) and leaves them to a person.
        """
        waiting = self.get("/api/uncertain")["items"]
        if waiting:
            return str(waiting[0]["campaignId"])
        accounts = self.get("/api/carrier-accounts")["items"]
        sandbox = next(one["baseUrl"] for one in accounts if one["sandbox"])
        sender, _ = unfenced_sender(self.post, sandbox)
        phones = [one["phones"][0] for one in self.get("/api/contacts?limit=12")["items"] if one["phones"]]
        carrier_that_forgets(sandbox, phones[:5])
        step = {"channel": "sms", "senderId": sender, "body": "주민 간담회가 내일 오전 10시에 열려요."}
        ids = [one["id"] for one in self.get("/api/contacts?limit=12")["items"]]
        found = self.campaign("간담회 하루 전 안내", ended=False, steps=[step], filter=None, contactIds=ids)
        wait_until(
            lambda: self.get(f"/api/campaigns/{found}/progress")["counts"]["uncertain"] > 0,
            seconds=480,
            every=1,
        )
        carrier_that_behaves(sandbox)
        return found
