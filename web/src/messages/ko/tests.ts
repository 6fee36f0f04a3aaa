/** Test sends: a few handsets first. Comes with its dialog alone. */
const tests = {
  title: "나에게 먼저 보내기",
  hint: "지금 저장된 글 그대로, 적은 번호로만 보내요. 이 발송의 숫자에는 들어가지 않고 한도에서는 셉니다.",
  phones: "받을 휴대폰 번호",
  phonesHint: "한 줄에 하나씩, 20개까지",
  valuesOf: "누구의 값으로 채울까요",
  valuesHint: "이름과 다른 변수에 이 사람의 값이 들어가요. 누구의 값을 썼는지 기록에 남아요.",
  noValues: "값 없이 (변수가 있으면 빠져요)",
  noName: "이름 없음",
  send: "시험으로 보내기",
  rehearse: "모의 발송사로만 보내기 (실제 전화에는 닿지 않아요)",
  failed: "시험 발송을 시작하지 못했어요",
  list: "보낸 시험",
  none: "아직 보낸 시험이 없어요.",
  loading: "시험을 불러오고 있어요",
  held: "멈춤",
  rehearsal: "모의",
  needPhone: "받을 번호를 적어 주세요.",
  states: {
    queued: "대기",
    sending: "보내는 중",
    accepted: "접수됨",
    delivered: "도달",
    failed: "실패",
    skipped: "못 보냄",
    uncertain: "결과 모름",
    cancelled: "취소",
    expired: "기한 지남",
  } as Record<string, string>,
};

export default tests;
export type TestWords = typeof tests;
