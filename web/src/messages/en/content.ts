import type { Content } from "../ko/content";

const content: Content = {
  links: "Links",
  linksHint: "Everybody gets a short address of their own, and clicks are counted.",
  link: (chip) => `Where ${chip} leads`,
  placeholder: "https://",
  notHttps: "Write an address that begins with https://",
  texts: "Send several texts",
  textsHint: "Split the people between different texts and compare which is clicked more.",
  notForCampaign: "Each text of a campaign message counts as a send of its own, so it can't be split.",
  notForKakao: "An AlimTalk goes out as it was approved, so it can't be split.",
  first: "The text above",
  textOf: (key) => `Text ${key}`,
  body: (key) => `Words of text ${key}`,
  share: (key) => `Share of text ${key} (%)`,
  sum: (n) => `Shares must add up to 100 (now ${n}). Until then the send is kept unsplit.`,
  add: "Add a text",
  remove: (key) => `Remove text ${key}`,
  stepUp: (n) => `Move step ${n} one up`,
  stepDown: (n) => `Move step ${n} one down`,
  stepMoved: (channel, n) => `${channel} is now step ${n}`,
  stepSplit: "While the first step has several texts it can't change places",
  shared: "Where several people use one number",
  sharedHint: "A number gets one message only. Choose for whom.",
  sharedRules: {
    first: "The person registered first",
    newest: "The person registered last",
    nobody: "Nobody on that number",
  },
  previewStep: "Step to preview",
  previewWhose: "As whom?",
  previewFind: "Find by name or number",
  previewPeople: "People to preview",
  previewNobody: "Nobody found",
};

export default content;
