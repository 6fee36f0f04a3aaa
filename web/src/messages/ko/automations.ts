import { withParticle } from "@/lib/particle";

/** Automatic messages. Fetched with their page alone. */
const automations = {
  title: "자동 발송",
  count: (all: number, on: number) => `규칙 ${all}개 · 켜짐 ${on}개`,
  new: "규칙 만들기",
  loadFailed: "자동 발송을 불러오지 못했어요",
  emptyTitle: "아직 규칙이 없어요",
  emptyHint: "레코드가 들어오거나 바뀌면 알아서 알림톡을 보내요. 언제, 무엇을, 누구에게만 정하면 돼요.",
  needTable: "먼저 표를 하나 만들어 주세요",
  toRecords: "레코드로 가기",
  filter: "보기",
  filters: { all: "모두", on: "켜짐", look: "살펴볼 것" } as Record<string, string>,
  columns: {
    rule: "규칙",
    sent: "7일 보냄",
    delivered: "도달",
    clicked: "클릭",
    stopped: "멈춤",
    waiting: "대기",
    failed: "실패",
  },
  approve: "읽었고 승인해요",
  approved: "승인했어요. 그사이 멈춘 것은 내역에서 다시 보낼 수 있어요",
  troubles: {
    unlawful: "지금은 아무것도 보내지 않아요. 글을 고쳐 주세요.",
    needs_approval: "다른 사람이 승인할 때까지 보내지 않아요.",
  } as Record<string, string>,
  switch: {
    title: (name: string) => `‘${name}’ 규칙을 켤까요?`,
    do: "켜기",
    doSending: (n: string) => `켜고 ${n}건 보내기`,
    atOnce: (n: string) => `꺼 둔 사이 밀린 반복 ${n}건이 바로 나가요.`,
    nothingAtOnce: "켜도 지금 바로 나가는 것은 없어요. 켠 뒤에 바뀌는 레코드에만 보내요.",
    usual: (days: string, perDay: string, most: string) =>
      `지난 ${days}일이었다면 하루 평균 ${perDay}건, 가장 많은 날 ${most}건이었어요.`,
  },
  on: (name: string) => `${name} 켜기`,
  switchedOn: "켰어요. 지금부터 바뀌는 레코드에 보내요",
  switchedOff: "껐어요. 남은 반복은 다시 켤 때까지 기다려요",
  more: (name: string) => `${name} 더 하기`,
  edit: "고치기",
  remove: "지우기",
  removeTitle: "이 규칙을 지울까요?",
  removeHint: (n: number) => `기다리던 반복 ${n}건이 함께 취소돼요. 보낸 내역은 남아요.`,
  removed: "지웠어요",
  triggers: { manual: "직접", on_create: "새 레코드", on_update: "수정될 때" } as Record<string, string>,
  repeats: (n: number) => `반복 ${n}번`,
  cooldown: (hours: string) => `재발송 방지 ${hours}시간`,
  byText: "문자로 대신",
  hours: (from: string, until: string) => `${from}~${until}`,
  notApproved: "템플릿이 아직 승인되지 않았어요. 승인되면 저절로 시작해요.",
  failedNote: (n: number) => `7일 동안 ${n}건이 나가지 못했어요.`,
  seeLog: "내역 보기",
  next: "다음 반복",
  nextNone: "기다리는 것이 없어요",
  stopNow: "지금 멈추기",
  stopped: "멈췄어요",
  nth: (n: number, most: number) => `반복 ${most}번 중 ${n}번째`,
  first: "첫 발송",
  quiet: "보내는 시간대가 아니라 미뤘어요",
  stoppedToday: "오늘 보내지 않은 까닭",
  stoppedNone: "오늘은 멈춘 것이 없어요",
  log: "보낸 내역",
  logNone: "아직 보낸 것이 없어요",
  logFailed: "내역을 불러오지 못했어요",
  logMore: "더 보기",
  export: "내려받기",
  types: { manual: "수동", auto: "자동", repeat: "반복" } as Record<string, string>,
  allTypes: "모든 종류",
  typeFilter: "종류",
  statusFilter: "상태",
  allStates: "모든 상태",
  reasonFilter: "까닭",
  allReasons: "모든 까닭",
  states: {
    pending: "보내는 중",
    sent: "접수",
    delivered: "도달",
    failed: "실패",
    skipped: "보내지 않음",
  } as Record<string, string>,
  retry: "다시 보내기",
  retried: "다시 보냈어요",
  retryAll: (n: string) => `${n}건 다시 보내기`,
  retryAllTitle: (n: string) => `보이는 ${n}건을 다시 보낼까요?`,
  retryAllHint: "지금의 레코드로 보내요. 아직 보낼 수 없는 것은 그대로 남아요.",
  retriedAll: (sent: string, left: string) =>
    left === "0" ? `${sent}건을 다시 보냈어요` : `${sent}건을 다시 보냈고 ${left}건은 아직 보낼 수 없어요`,
  allRules: "모든 규칙 보기",
  reasons: {
    cooldown: "재발송 방지",
    no_phone: "휴대전화 번호 없음",
    no_address: "받을 번호 없음",
    template_not_ready: "템플릿을 쓸 수 없음",
    record_deleted: "레코드가 지워짐",
    condition_changed: "그사이 조건에서 벗어남",
    record_rate: "한 레코드에 너무 많음",
    link_rate: "한 규칙이 너무 많이 보냄",
    link_off: "규칙을 꺼서 거둠",
    link_deleted: "규칙을 지워서 거둠",
    unlawful: "법에 어긋나는 글",
    needs_approval: "승인을 기다림",
    suppressed: "수신 거부",
    opted_out: "수신 거부",
    erased: "지워진 사람",
    missing_variable: "빈 변수",
    too_long: "글이 너무 김",
    not_encodable: "보낼 수 없는 글자",
    quota: "발송 한도",
    quiet_hours: "보내는 시간대가 아님",
    phone_changed: "번호가 바뀜",
    too_late: "너무 늦음",
    not_after: "너무 늦음",
    stop_condition: "중단 조건에 닿음",
    max_repeat: "최대 횟수를 다 씀",
  } as Record<string, string>,
  joins: { all: "그리고", any: "또는" } as Record<string, string>,
  operators: {
    eq: "같음",
    ne: "다름",
    contains: "포함",
    in: "가운데 하나",
    is_empty: "비어 있음",
    is_not_empty: "비어 있지 않음",
    changed_to: "(으)로 바뀜",
    changed_from_to: "에서 바뀜",
    gt: "보다 큼",
    gte: "보다 크거나 같음",
    lt: "보다 작음",
    lte: "보다 작거나 같음",
    before: "이전",
    after: "이후",
  } as Record<string, string>,
  say: {
    created: (table: string) => `{${table}}에 {새 레코드}가 들어오고 `,
    createdPlain: (table: string) => `{${table}}에 {새 레코드}가 들어오면 `,
    updated: (table: string) => `{${table}}의 레코드가 {수정될 때} `,
    updatedPlain: (table: string) => `{${table}}의 레코드가 {수정되면} `,
    manual: (table: string) => `{${table}}에서 레코드를 골라 {보내기}를 누르면 `,
    is: (field: string, op: string, value: string, last: boolean): string => {
      const subject = withParticle(`{${field}}`, "이/가");
      if (op === "is_empty") return `${subject} {비어} ${last ? "있으면 " : "있고 "}`;
      if (op === "is_not_empty") return `${subject} {채워져} ${last ? "있으면 " : "있고 "}`;
      if (op === "changed_to")
        return `${subject} ${withParticle(`{${value}}`, "으로/로")} {바뀌${last ? "면" : "고"}} `;
      if (op === "changed_from_to") {
        const [from = "", to = ""] = value.split(",").map((part) => part.trim());
        return `${subject} {${from}}에서 ${withParticle(`{${to}}`, "으로/로")} {바뀌${last ? "면" : "고"}} `;
      }
      if (op === "in") return `${subject} {${value}} 가운데 하나${last ? "이면 " : "이고 "}`;
      if (op === "ne")
        return `${subject} ${withParticle(`{${value}}`, "이/가")} ${last ? "아니면 " : "아니고 "}`;
      if (op === "contains")
        return `${subject} ${withParticle(`{${value}}`, "을/를")} ${last ? "포함하면 " : "포함하고 "}`;
      if (op === "gt") return `${subject} {${value}}보다 ${last ? "크면 " : "크고 "}`;
      if (op === "lt") return `${subject} {${value}}보다 ${last ? "작으면 " : "작고 "}`;
      if (op === "gte") return `${subject} {${value}} ${last ? "이상이면 " : "이상이고 "}`;
      if (op === "lte") return `${subject} {${value}} ${last ? "이하면 " : "이하고 "}`;
      if (op === "before") return `${subject} {${value}} ${last ? "전이면 " : "전이고 "}`;
      if (op === "after") return `${subject} {${value}} ${last ? "뒤면 " : "뒤이고 "}`;
      return `${subject} {${value}}${last ? "이면 " : "이고 "}`;
    },
    or: "또는 ",
    and: "그리고 ",
    special: "{정해진 조건}에 맞으면 ",
    late: (hours: string) => ` {${hours}시간} 안에 못 나가면 보내지 않아요.`,
    truth: { true: "예", false: "아니요" } as Record<string, string>,
    someone: "팀원",
    sends: (to: string, what: string) =>
      `바로 ${withParticle(`{${to}}`, "으로/로")} {${what}} 알림톡을 보내요.`,
    repeats: (hours: string, most: string, stop: string) =>
      ` 이후 {${hours}시간마다 최대 ${most}번} 더 보내고, ${stop}멈춰요.`,
    cooldown: (hours: string) => ` 같은 레코드에는 {${hours}시간} 안에 겹쳐 보내지 않아요.`,
    fallback: " 카카오로 닿지 않으면 {문자}로 보내요.",
    nothing: "템플릿을 고르면 문장이 완성돼요.",
  },
};

export default automations;
export type AutomationWords = typeof automations;
