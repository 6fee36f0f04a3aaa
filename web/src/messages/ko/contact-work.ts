import { num } from "@/lib/format";

type Fix =
  | "addTags"
  | "removeTags"
  | "district"
  | "told"
  | "untold"
  | "attribute"
  | "consent"
  | "withdraw"
  | "optOut"
  | "erase";

const work = {
  selected: (n: string) => `${n}명 선택`,
  everyone: (n: string) => `${n}명 모두 고르기`,
  notByQuery: "찾은 말로 고른 사람이 너무 많아요. 조건으로 고르거나 태그를 붙인 뒤 보내 주세요.",
  more: "조건 더",
  conditions: (n: number) => `조건 ${num(n)}개`,
  filterTitle: "조건으로 찾기",
  filterHint: "조건을 겹쳐 적고 몇 명인지 보세요. 자주 쓰면 세그먼트로 저장할 수 있어요.",
  show: (n: string) => `${n} 보기`,
  showAny: "보기",
  keep: "세그먼트로 저장",
  segment: "세그먼트",
  segmentFind: "세그먼트 찾기",
  segmentNone: "저장한 세그먼트가 아직 없어요",
  segmentMake: "세그먼트 만들기",
  segmentsAll: "세그먼트 관리",
  // What leaves the house.
  export: "내보내기",
  exportTitle: "연락처 내보내기",
  exportWho: (n: string) => `${n}명의 이름, 번호, 태그, 명단의 칸을 파일로 받아요.`,
  format: "파일 모양",
  xlsx: "엑셀",
  csv: "CSV",
  purpose: "무엇에 쓰나요",
  purposeWhole: "번호가 모두 보이는 파일이에요. 누가 왜 받았는지 기록에 남아요.",
  purposeMasked: "번호와 이메일은 가려서 나가요. 누가 왜 받았는지 기록에 남아요.",
  purposeShort: "열 자 넘게 적어 주세요",
  take: "파일 받기",
  exported: (n: string) => `${n}명을 내보냈어요`,
  // Changing many at once.
  edit: "고치기",
  editTitle: (n: string) => `${n}명 고치기`,
  what: "무엇을 고칠까요",
  kinds: {
    addTags: "태그 붙이기",
    removeTags: "태그 떼기",
    district: "지역 바꾸기",
    told: "받은 목적 적기",
    untold: "받은 목적 빼기",
    attribute: "명단의 칸 적기",
    consent: "수신 동의 적기",
    withdraw: "수신 동의 거두기",
    optOut: "수신 거부 등록",
    erase: "지우기",
  } as Record<Fix, string>,
  tags: "태그",
  district: "지역",
  districtHint: "비우면 지역이 지워져요.",
  key: "칸 이름",
  keyHint: "예: 차량번호, 담당자",
  value: "적을 값",
  valueHint: "비우면 그 칸이 지워져요.",
  channel: "채널",
  evidence: "동의를 받은 근거",
  evidenceHint: "예: 10월 18일 간담회 신청서 동의란",
  allChannels: "모든 채널",
  reason: "까닭",
  reasonHint: "누가 왜 고쳤는지 기록에 남아요.",
  reasonOptional: "적지 않아도 돼요. 나중에 알아보기 쉬워요.",
  needTag: "태그를 골라 주세요",
  needKey: "칸 이름을 적어 주세요",
  needTold: "받은 목적을 골라 주세요",
  untoldHint: "고른 것을 받은 목적에서 빼요.",
  needPurpose: "목적을 적어 주세요",
  eraseText: (n: string) =>
    `${n}명의 이름과 번호를 모두 지워요. 10분 뒤에 시작하고, 그때까지는 취소할 수 있어요. 그 뒤에는 되돌릴 수 없어요. 수신 거부 기록은 알아볼 수 없는 모양으로 남아요.`,
  optOutText: (n: string) => `${n}명에게 앞으로 보내지 않아요. 되돌리기 전까지 어떤 캠페인에서도 빠져요.`,
  go: (n: string) => `${n}명 고치기`,
  goErase: (n: string) => `${n}명 지우기`,
  done: (n: number) => `${num(n)}명을 고쳤어요`,
  doneNone: "바뀐 사람이 없어요. 모두 이미 그래요.",
  started: (n: string) => `${n}명을 뒤에서 고치고 있어요. 화면을 닫아도 이어져요.`,
  undone: "되돌렸어요",
  undoing: "되돌리는 중이에요",
  undoFailed: (why: string) => `되돌리지 못했어요. ${why}`,
  // What was changed.
  history: "고친 기록",
  historyHint: "한꺼번에 고친 것들이에요. 되돌리면 바뀐 것만 정확히 돌아가요.",
  historyEmpty: "아직 한꺼번에 고친 것이 없어요",
  historyFailed: "고친 기록을 불러오지 못했어요",
  states: {
    queued: "기다리는 중",
    running: "고치는 중",
    completed: "고침",
    failed: "멈춤",
    cancelled: "취소함",
    undoing: "되돌리는 중",
    undone: "되돌림",
  } as Record<string, string>,
  changed: (changed: number, total: number) =>
    changed === total ? `${num(total)}명` : `${num(total)}명 가운데 ${num(changed)}명 바뀜`,
  by: (name: string) => (name ? `${name} 님` : "지운 계정"),
  startsAt: (when: string) => `${when}에 시작`,
  undoUntil: (when: string) => `${when}까지 되돌릴 수 있어요`,
  undoTitle: "이 고침을 되돌릴까요?",
  undoText: (n: number) => `${num(n)}명이 고치기 전으로 돌아가요.`,
  sinceHead: "그 뒤에 달라진 것은 그대로 두어요",
  since: {
    edited: (n: number) => `${num(n)}명은 그 뒤에 또 고쳤어요`,
    merged: (n: number) => `${num(n)}명은 다른 사람과 합쳐졌어요`,
    erased: (n: number) => `${num(n)}명은 지워졌어요`,
    messaged: (n: number) => `${num(n)}명에게는 이미 메시지가 갔어요`,
    refused: (n: number) => `${num(n)}명은 그 뒤에 수신을 거부했어요`,
  },
  progress: (percent: number) => `${percent}%`,
};

export default work;
export type ContactWork = typeof work;
