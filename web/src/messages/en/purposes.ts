import type { PurposeWords } from "../ko/purposes";

const purposes: PurposeWords = {
  label: "Consent to what?",
  of: {
    marketing: "Adverts",
    marketing_night: "Adverts at night",
    sensitive: "Sensitive data",
  },
  other: "Another purpose",
  told: "Collected for",
  toldHint: "All that people were told. They're left out of messages about anything else.",
  toldOf: {
    campaign: "Election campaign",
    report: "Reports of an office",
    party: "Party members' news",
    civic: "Notices and schedules",
    info: "Orders and services",
    marketing: "Adverts",
  },
  own: "Purpose",
  ownHint: "Kept as a record only. Whoever wants nothing more: record an opt-out.",
};

export default purposes;
