import type { PurposeWords } from "../ko/purposes";

const purposes: PurposeWords = {
  label: "Consent to what?",
  of: {
    marketing: "Adverts",
    marketing_night: "Adverts at night",
    sensitive: "Sensitive data",
  },
  other: "Another purpose",
  own: "Purpose",
  ownHint: "Kept as a record only. Whoever wants nothing more: record an opt-out.",
};

export default purposes;
