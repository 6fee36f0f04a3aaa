import { num } from "@/lib/format";
import { withParticle } from "@/lib/particle";

const uncertain = {
  title: "확인 필요",
  left: (n: number) => `${num(n)}명 남음`,
  onlyOne: "캠페인 하나만 보는 중",
  showAll: "모든 발송 보기",
  tabs: "보기",
  tabPeople: (n: string) => `정할 사람 ${n}`,
  tabIncidents: (n: string) => `어긋난 기록 ${n}`,
  loadFailed: "확인이 필요한 사람을 불러오지 못했어요",
  emptyTitle: "확인이 필요한 사람이 없어요",
  emptyHint: "발송사가 끝내 답하지 않은 사람이 생기면 여기에 모여요. 파발은 스스로 다시 보내지 않아요.",
  emptyDone: (n: number) => `지금까지 ${num(n)}명을 정했어요. 남은 사람이 없어요.`,
  campaigns: "캠페인 보기",
  queue: "정할 묶음",
  justDone: "방금 정한 것",
  saving: "저장하는 중",
  openList: "목록",
  more: "더 보기",
  noCampaign: "캠페인이 아닌 발송",
  wholeSend: (people: number, groups: number) =>
    `이 발송 ${num(people)}명 모두 정하기 (요청 ${num(groups)}개)`,
  rehearsal: "리허설",
  groupPeople: (n: number) => `${num(n)}명`,
  question: (n: number) => `${withParticle(`${num(n)}명`, "이/가")} 받았는지 몰라요`,
  known: "아는 것",
  facts: {
    account: "발송사 계정",
    channel: "채널",
    calledAt: "넘긴 때",
    there: "발송사 접수",
    asked: "물은 횟수",
    units: "잡아 둔 한도",
  },
  thereYes: "접수 번호를 받았어요. 요청은 들어갔어요",
  thereNo: "접수 번호를 받지 못했어요",
  times: (n: number) => `${num(n)}번`,
  units: (n: number) => `${num(n)}건`,
  unitsNone: "없음",
  why: "왜 모르나요",
  reason: (_code: string, label: string) => label,
  reasonHints: {
    missing_at_carrier:
      "요청은 들어갔지만 발송사 목록에 이 사람이 없어요. 발송사 화면에서 넘긴 때와 번호로 찾아보세요.",
    caller_not_gone:
      "보내던 서버가 살아 있으면 뒤늦게 나갈 수도 있어요. 그 서버가 꺼졌는지 확인하고 정하세요.",
    carrier_silent: "발송사에 오래 물었지만 답이 없었어요. 발송사 화면이나 고객센터에서 확인해 보세요.",
  } as Record<string, string>,
  questions: "묻고 들은 것",
  questionsNone: "아직 묻지 않았어요",
  questionsCut: (n: number) => `사이의 ${num(n)}번은 줄였어요`,
  // What the server has no words for is the tag of the carrier's own answer.
  answer: (note: string, label: string) =>
    label !== note
      ? label
      : note.startsWith("http_")
        ? `발송사가 오류로 답함 (${note.slice(5)})`
        : `발송사의 답: ${note}`,
  people: "이 묶음의 사람",
  peopleHint: "한 사람씩 정할 수도 있어요",
  peopleEmpty: "그사이 모두 결과가 왔어요",
  decideOne: (name: string) => `${name} 정하기`,
  decideOneShort: "정하기",
  onlyAdmins: "관리자나 소유자가 정할 수 있어요.",
  notAgain: "취소됐거나 기한이 지난 발송이라 다시 보낼 수 없어요.",
  decisions: {
    adopt: { label: "간 것으로", hint: "도착 소식을 기다려요" },
    resend: { label: "다시 보내기", hint: "두 번 받을 수 있어요" },
    close: { label: "안 간 것으로 닫기", hint: "더 보내지 않아요" },
  },
  consequence: {
    adopt: () =>
      "발송사가 받은 것으로 세고 도착 소식을 기다려요. 소식이 끝내 없으면 실패로 바뀌어요. **실제로 안 나갔다면 받지 못해요.**",
    resend: (n: number) =>
      `같은 글을 ${num(n)}명에게 한 번 더 보내요. 처음 것이 나갔다면 **두 번 받을 수 있어요.** 수신 거부는 다시 확인해요.`,
    close: () =>
      "안 간 것으로 세고 더 보내지 않아요. 나중에 도착 소식이 오면 도달로 고쳐요. **다시 보낼 수는 없어요.**",
  },
  quota: {
    adopt: (units: number) => `잡아 둔 한도 ${num(units)}건은 쓴 것으로 세요.`,
    resend: (units: number) => `잡아 둔 한도 ${num(units)}건은 쓴 것으로 세고, ${num(units)}건을 더 써요.`,
    close: (units: number) => `발송사가 보냈을 수 있어 한도 ${num(units)}건은 돌려받지 못해요.`,
  },
  ask: (n: number) => `${withParticle(`${num(n)}명`, "을/를")} 어떻게 할까요?`,
  askOne: (name: string) => `${name} 님을 어떻게 할까요?`,
  askHint: "정한 것은 되돌릴 수 없고, 이름과 함께 기록에 남아요.",
  reasonLabel: "까닭",
  reasonHint: "다시 보낼 때는 꼭 적어 주세요. 받은 사람이 물으면 답할 수 있게요.",
  reasonNeeded: "다시 보내는 까닭을 적어 주세요",
  choose: "먼저 하나를 골라 주세요",
  confirm: {
    adopt: (n: number) => `${num(n)}명 간 것으로 두기`,
    resend: (n: number) => `${num(n)}명에게 다시 보내기`,
    close: (n: number) => `${num(n)}명 안 간 것으로 닫기`,
  },
  done: {
    adopt: (n: number) => `${withParticle(`${num(n)}명`, "을/를")} 간 것으로 두었어요`,
    resend: (n: number) => `${num(n)}명에게 다시 보내요`,
    close: (n: number) => `${withParticle(`${num(n)}명`, "을/를")} 안 간 것으로 닫았어요`,
  },
  meanwhile: (n: number) => `${withParticle(`${num(n)}명`, "은/는")} 그사이 결과가 와서 그대로 두었어요.`,
  tooLate: "그사이 결과가 왔거나 다른 사람이 정했어요",
  failed: (why: string) => `정하지 못했어요. ${why}`,
  settled: { adopt: "간 것으로", resend: "다시 보냄", close: "닫음" },
  incidents: {
    which: "기록 고르기",
    whichOpen: "확인할 것",
    whichAll: "모두",
    mark: "확인했어요",
    markAll: (n: number) => `보이는 ${num(n)}건 모두 확인`,
    putBack: "되돌리기",
    seenBy: (who: string, when: string) => `${who || "누군가"} 확인, ${when}`,
    emptyOpen: "확인할 기록이 없어요",
    showSeen: "지난 기록 보기",
    loadFailed: "어긋난 기록을 불러오지 못했어요",
    emptyTitle: "어긋난 기록이 없어요",
    emptyHint: "두 번 받았을 수 있거나 발송사의 말이 서로 다른 사람이 생기면 여기에 남아요.",
    list: "어긋난 기록",
    hint: "이미 일어난 일이라 고칠 것은 없어요. 받은 사람이 물으면 답할 수 있게 남겨요.",
    kind: (_kind: string, label: string) => label,
    said: {
      maybe_twice: (n: number) =>
        `안 나간 것으로 본 ${num(n)}번째 시도가 나갔다는 소식이 왔어요. 그 뒤 다시 보냈다면 두 번 받았어요.`,
      overlap: (n: number) => `다시 보낸 뒤에 ${num(n)}번째 시도도 도착했어요. 같은 글을 두 번 받았어요.`,
      contradicting_final: (n: number) =>
        `${num(n)}번째 시도의 결과를 발송사가 나중에 다르게 알려 왔어요. 먼저 온 것을 따라요.`,
    } as Record<string, (n: number) => string>,
  },
};

export default uncertain;
export type UncertainWords = typeof uncertain;
