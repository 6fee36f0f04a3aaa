import { num } from "@/lib/format";
import type { Lanes } from "../ko/lanes";

const lanes: Lanes = {
  title: "Going out",
  hint: "Sends through the same account share its pace",
  here: "This campaign",
  first: "Goes first",
  rehearsal: "Rehearsal",
  loadFailed: "Couldn't load what is going out",
  kinds: { campaign: "Campaign", test: "Test", reply: "Reply", link: "Automatic or picked by hand" },
  due: (n) => `${num(n)} due now`,
  inHand: (n) => `${num(n)} being sent`,
  later: (n, when) => `${num(n)} from ${when}`,
  asking: (n) => `Asking the carrier about ${num(n)} requests`,
  receipts: "All handed over, waiting for results",
  pace: (n) => `Up to ${num(n)} a second`,
  resting: (left) => `The carrier doesn't answer: resting ${left}`,
  more: (n) => `${num(n)} other sends`,
};

export default lanes;
