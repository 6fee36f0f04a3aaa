/** Where short links may lead and how long they open. Fetched with the setting's page. */
const links = {
  title: "링크",
  hosts: "이끌 수 있는 사이트",
  hostsHint:
    "한 줄에 하나씩, camp.example처럼 적어 주세요. 그 아래 주소(www.camp.example)도 함께 열려요. 비워 두면 https로 시작하는 모든 사이트로 이끌 수 있어요.",
  hostFault: (line: string, why: string) => `${line}: ${why}`,
  tooMany: "100개까지 적을 수 있어요",
  days: "주소가 열리는 날수",
  daysHint: "보내기 시작한 날부터 세요. 이미 보낸 발송의 주소는 그대로예요.",
  daysNeed: "1에서 730까지의 수를 적어 주세요",
  save: "저장",
  saved: "링크 설정을 저장했어요",
  base: (address: string) => `짧은 주소는 ${address}로 시작해요.`,
  noBase:
    "바깥에서 열 수 있는 주소가 없어 지금은 링크를 넣어 보낼 수 없어요. 설치한 분이 공개 주소를 정해야 해요.",
  ownerOnly: "소유자만 바꿀 수 있어요.",
  loadFailed: "링크 설정을 불러오지 못했어요",
};

export type Links = typeof links;
export default links;
