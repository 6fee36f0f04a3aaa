import { num } from "@/lib/format";
import { withParticle } from "@/lib/particle";

type Form = "end" | "and" | "or";

// How a Korean predicate goes on: "…인 사람", "…이고", "…이거나".
const BE: Record<Form, string> = { end: "인", and: "이고", or: "이거나" };
const EXIST: Record<Form, string> = { end: "는", and: "고", or: "거나" };
const NOT: Record<Form, string> = { end: "닌", and: "니고", or: "니거나" };

const segments = {
  title: "세그먼트",
  hint: "누구인지는 볼 때마다 다시 세요. 명단이 바뀌면 세그먼트도 따라 바뀌어요.",
  make: "세그먼트 만들기",
  newTitle: "새 세그먼트",
  loadFailed: "세그먼트를 불러오지 못했어요",
  countFailed: "세지 못했어요",
  emptyTitle: "아직 세그먼트가 없어요",
  emptyHint: "자주 보내는 사람들을 조건으로 적어 두면, 보낼 때마다 고르지 않아도 돼요.",
  noneFound: "그런 이름의 세그먼트가 없어요",
  find: "세그먼트 찾기",
  columns: { name: "이름", people: "사람", uses: "쓰는 곳", changed: "고친 때" },
  counting: "세는 중",
  people: (n: string): string => `${n}명`,
  capped: (n: number) => (n % 10_000 === 0 ? `${num(n / 10_000)}만+` : `${num(n)}+`),
  usedBy: (campaigns: number, segments: number) =>
    [campaigns && `캠페인 ${num(campaigns)}개`, segments && `다른 세그먼트 ${num(segments)}개`]
      .filter(Boolean)
      .join(" · "),
  unused: "쓰는 곳 없음",
  foot: "보내는 순간 다시 세요",
  actions: (name: string) => `${name} 할 일`,
  send: "이 사람들에게 보내기",
  see: "연락처에서 보기",
  rename: "이름 바꾸기",
  duplicate: "똑같이 하나 더",
  copyOf: (name: string) => `${name} 사본`,
  copied: (name: string) => `‘${name}’ 세그먼트를 만들었어요`,
  saveAs: "다른 이름으로",
  saveAsTitle: "다른 이름으로 저장",
  name: "이름",
  nameHint: "보낼 때 이 이름으로 골라요.",
  needName: "이름을 적어 주세요",
  needPeople: "조건을 하나 이상 완성해 주세요. 모두에게 보낼 때는 세그먼트가 필요 없어요.",
  saved: (name: string) => `‘${name}’ 세그먼트를 저장했어요`,
  editing: "고치는 중",
  deleteTitle: (name: string) => `‘${name}’ 세그먼트를 지울까요?`,
  deleteAction: "지우기",
  deleteText: "조건만 지워지고, 연락처는 그대로 있어요.",
  deleteUsed: (text: string) => `${text}에서 쓰고 있어요. 거기서 받는 사람을 먼저 바꿔 주세요.`,
  deleted: (name: string) => `‘${name}’ 세그먼트를 지웠어요`,
  staleTitle: "그동안 다른 사람이 고쳤어요",
  staleText: "저장하지 않았어요. 그 사람의 것을 볼지, 지금 적은 것을 다른 이름으로 남길지 골라 주세요.",
  staleTheirs: "그 사람의 것 보기",
  goneTitle: "없거나 지운 세그먼트예요",
  goneHint: "목록에서 다른 세그먼트를 골라 주세요.",
  toList: "세그먼트 목록",
  condition: "조건",
  group: "묶음",
  exclude: "빼기",
  addCondition: "조건 더하기",
  addGroup: "묶음 더하기",
  addExclude: "빼기 묶음 더하기",
  conditions: "조건",
  leaveOutTitle: "따로 뺄 사람",
  otherSegments: "이 세그먼트의 사람은 빼기",
  leaveOutOther: "다른 세그먼트의 사람 빼기",
  addOther: "뺄 세그먼트 고르기",
  inOther: "다른 세그먼트라서 뺌",
  byHand: "따로 뺀 사람",
  leaveOut: (name: string) => `${name} 님 빼기`,
  added: "따로 넣은 사람",
  addPerson: "사람 따로 넣기",
  and: "그리고",
  or: "또는",
  switchJoin: (now: string, other: string) => `지금 ‘${now}’, 눌러서 ‘${other}’로 바꾸기`,
  groupAll: "모두 맞으면",
  groupAny: "이 가운데 하나라도 맞으면",
  groupNone: "다음 사람은 빼기",
  removeRow: (label: string) => `${label} 조건 빼기`,
  removeGroup: "묶음 빼기",
  moveRow: (label: string) => `${label} 조건 옮기기 (Alt와 위아래 화살표)`,
  moved: (at: number, of: number) => `${of}개 가운데 ${at}번째로 옮겼어요`,
  fieldFind: "항목 찾기",
  attributes: "명단의 다른 칸",
  pickValue: "값을 골라 주세요",
  typeValue: "값 적기",
  addValue: (label: string) => `${label} 값 더하기`,
  removeValue: (value: string) => `${value} 빼기`,
  /** How a row begins: the field, as the subject of what follows. */
  subject: (label: string): string => withParticle(label, "이/가"),
  operator: (label: string, op: string) => `${label} 비교: ${op}`,
  unknownField: "없어진 항목",
  emptied: (label: string) => `‘${label}’ 조건에 맞는 사람이 없어서 아무도 남지 않아요.`,
  nobody: "조건에 맞는 사람이 없어요",
  from: "부터",
  until: "까지",
  days: "일",
  yes: "예",
  no: "아니요",
  ops: {
    in: "중 하나",
    eq: "와 같음",
    ne: "아님",
    contains: "들어감",
    starts: "(으)로 시작",
    is_empty: "비어 있음",
    is_not_empty: "비어 있지 않음",
    gt: "보다 많음",
    gte: "이상",
    lt: "보다 적음",
    lte: "이하",
    between: "사이",
    before: "앞",
    after: "뒤",
    within_days: "이내",
    has: "있음",
    has_not: "없음",
  } as Record<string, string>,
  opHas: (op: string): string => (op === "eq" ? "맞음" : "아님"),
  /** One condition as a part of the sentence; what the person chose stands between stars. */
  clause: (label: string, op: string, value: string, form: Form): string => {
    const it = withParticle(label, "이/가");
    const v = `**${value}**`;
    switch (op) {
      case "is_empty":
        return `${it} **비어 있**${EXIST[form]}`;
      case "is_not_empty":
        return `${it} **적혀 있**${EXIST[form]}`;
      case "has":
        return `${label} ${v}${withParticle(value, "이/가").slice(value.length)} 있${EXIST[form]}`;
      case "has_not":
        return `${label} ${v}${withParticle(value, "이/가").slice(value.length)} 없${EXIST[form]}`;
      case "ne":
        return `${it} ${v}${withParticle(value, "이/가").slice(value.length)} 아${NOT[form]}`;
      case "contains":
        return `${label}에 ${v}${withParticle(value, "이/가").slice(value.length)} 들어 있${EXIST[form]}`;
      case "starts":
        return `${it} ${v}${withParticle(value, "으로/로").slice(value.length)} 시작하${EXIST[form]}`;
      case "within_days":
        return `${it} **최근 ${value}일 안**${BE[form]}`;
      case "before":
        return `${it} ${v} 전${BE[form]}`;
      case "after":
        return `${it} ${v} 뒤${BE[form]}`;
      case "gt":
        return `${it} ${v}보다 많은 쪽${BE[form]}`;
      case "lt":
        return `${it} ${v}보다 적은 쪽${BE[form]}`;
      case "gte":
        return `${it} ${v} 이상${BE[form]}`;
      case "lte":
        return `${it} ${v} 이하${BE[form]}`;
      case "between":
        return `${it} ${v} 사이${BE[form]}`;
      default:
        return `${it} ${v}${BE[form]}`;
    }
  },
  flag: (label: string, yes: boolean, form: Form): string =>
    yes ? `**${label}**${BE[form]}` : `${withParticle(label, "이/가")} **아${NOT[form]}**`,
  sentence: (text: string) => `${text} 사람이에요.`,
  everyone: "**연락처 모두**예요. 조건을 더해 좁혀 보세요.",
  everyoneBut: "**연락처 모두** 가운데",
  excluded: (text: string) => `${text} 사람은 빼요.`,
  rail: "결과",
  sendable: "지금 보낼 수 있는 사람",
  matching: "조건에 맞는 사람",
  refused: "수신 거부",
  noNumber: "번호 없음",
  sameNumber: "중복 번호 (한 번호에 한 통)",
  reach: "보낼 수 있음",
  change: (n: number) => `방금 ${n > 0 ? "+" : "−"}${num(Math.abs(n))}`,
  took: (seconds: string) => `${seconds}초`,
  ofAll: (percent: string) => `전체의 ${percent}`,
  channels: "채널",
  seeAll: "모두 보기",
  samples: "맞는 사람 가운데",
};

export default segments;
export type SegmentWords = typeof segments;
