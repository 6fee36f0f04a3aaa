import { num } from "@/lib/format";

/** What goes out of a camp now, and what each send waits for. Fetched when a campaign runs. */
const lanes = {
  title: "나가는 줄",
  hint: "같은 발송 통로를 쓰는 발송은 그 속도를 나누어 써요",
  here: "이 캠페인",
  first: "먼저 나감",
  rehearsal: "리허설",
  loadFailed: "나가는 줄을 불러오지 못했어요",
  kinds: { campaign: "캠페인", test: "테스트 발송", reply: "답장", link: "자동·골라 보내기" } as Record<
    string,
    string
  >,
  due: (n: number) => `차례인 사람 ${num(n)}명`,
  inHand: (n: number) => `보내는 중 ${num(n)}명`,
  later: (n: number, when: string) => `${when}부터 ${num(n)}명`,
  asking: (n: number) => `발송사에 묻는 요청 ${num(n)}건`,
  receipts: "다 넘겼고 결과를 기다려요",
  pace: (n: number) => `초당 ${num(n)}건까지`,
  resting: (left: string) => `발송사가 답하지 않아 ${left} 쉬는 중`,
  more: (n: number) => `그 밖의 발송 ${num(n)}건`,
};

export type Lanes = typeof lanes;
export default lanes;
