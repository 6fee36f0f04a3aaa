import type { Links } from "../ko/links";

const links: Links = {
  title: "Links",
  hosts: "Sites that links may lead to",
  hostsHint:
    "One a line, such as camp.example. Everything below it (www.camp.example) is allowed too. Without any, links may lead to every https site.",
  hostFault: (line, why) => `${line}: ${why}`,
  tooMany: "Up to 100 sites",
  days: "Days that a link opens",
  daysHint: "From the day a send begins. Links of earlier sends stay as they are.",
  daysNeed: "Write a number from 1 to 730",
  save: "Save",
  saved: "Link settings saved",
  base: (address) => `Short links begin with ${address}.`,
  noBase: "This hub has no public address, so links can't be sent. Whoever installed it has to set one.",
  ownerOnly: "Only an owner can change this.",
  loadFailed: "Link settings could not be loaded",
};

export default links;
