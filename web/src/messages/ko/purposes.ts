import type { Told } from "@/api/types";

/** What consents are about, and what a card's data was collected for. */
const purposes = {
  label: "무엇에 대한 동의인가요",
  of: {
    marketing: "광고 받기",
    marketing_night: "밤에 광고 받기",
    sensitive: "민감정보 처리",
  } as Record<string, string>,
  other: "그 밖의 목적",
  // What a card's data was collected for.
  told: "받은 목적",
  toldHint: "본인에게 알린 목적을 모두 골라 주세요. 다른 목적의 발송에서는 빠져요.",
  toldOf: {
    campaign: "선거운동 안내",
    report: "의정활동 보고",
    party: "당원 안내",
    civic: "공지·일정 안내",
    info: "거래·서비스 안내",
    marketing: "광고",
  } as Record<Told, string>,
  own: "목적",
  ownHint: "기록으로만 남아요. 더 받지 않겠다는 말이면 수신 거부로 적어 주세요.",
};

export type PurposeWords = typeof purposes;
export default purposes;
