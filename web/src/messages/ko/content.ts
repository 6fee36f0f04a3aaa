import { withParticle } from "@/lib/particle";

/** Links and several texts of a campaign being written. Fetched with their panel. */
const content = {
  links: "링크",
  linksHint: "사람마다 다른 짧은 주소로 바뀌어 나가고, 누가 눌렀는지 세어요.",
  link: (chip: string) => `${chip}이 열 주소`,
  placeholder: "https://",
  notHttps: "https://로 시작하는 주소를 적어 주세요",
  texts: "문안 나누어 보내기",
  textsHint: "받는 사람을 나누어 서로 다른 글을 보내고, 어느 글을 더 눌렀는지 견줘요.",
  notForCampaign: "선거운동정보는 문안마다 한 번의 발송으로 세어서 나눌 수 없어요.",
  notForKakao: "알림톡은 승인된 글 그대로 나가서 나눌 수 없어요.",
  first: "위에 적은 글",
  textOf: (key: string) => `문안 ${key}`,
  body: (key: string) => `문안 ${key}의 글`,
  share: (key: string) => `문안 ${key}의 몫(%)`,
  sum: (n: number) => `몫을 더하면 100이어야 해요 (지금 ${n}). 맞출 때까지는 나누지 않은 것으로 저장해요.`,
  add: "문안 더하기",
  remove: (key: string) => `문안 ${key} 빼기`,
  stepUp: (n: number) => `${n}단계를 한 칸 앞으로`,
  stepDown: (n: number) => `${n}단계를 한 칸 뒤로`,
  stepMoved: (channel: string, n: number) => `${withParticle(channel, "이/가")} ${n}단계가 되었어요`,
  stepSplit: "문안을 나누어 보내는 동안에는 1단계의 자리를 바꿀 수 없어요",
  shared: "한 번호를 여럿이 쓸 때",
  sharedHint: "한 번호로는 한 번만 나가요. 누구에게 갈지 골라 주세요.",
  sharedRules: {
    first: "먼저 등록한 사람에게",
    newest: "나중에 등록한 사람에게",
    nobody: "아무에게도 보내지 않기",
  },
  notices: "파발이 넣은 표시",
  noticesHint: "색칠한 부분은 법에 따라 저절로 들어가요",
  previewStep: "미리 볼 단계",
  previewWhose: "누구에게 보이는 모습인가요",
  previewFind: "이름이나 번호로 찾기",
  previewPeople: "미리 볼 사람",
  previewNobody: "찾는 사람이 없어요",
};

export type Content = typeof content;
export default content;
