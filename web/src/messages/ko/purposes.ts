/** What consents are about. */
const purposes = {
  label: "무엇에 대한 동의인가요",
  of: {
    marketing: "광고 받기",
    marketing_night: "밤에 광고 받기",
    sensitive: "민감정보 처리",
  } as Record<string, string>,
  other: "그 밖의 목적",
  own: "목적",
  ownHint: "기록으로만 남아요. 더 받지 않겠다는 말이면 수신 거부로 적어 주세요.",
};

export type PurposeWords = typeof purposes;
export default purposes;
