import type { Limits } from "../ko/limits";

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);

const limits: Limits = {
  noCampaign: { test: "Test", reply: "Reply", link: "Automatic send", campaign: "Deleted campaign" },
  more: "Show more",
  koreanTime: "Korean time",
  month: (month) => `${MONTHS[Number(month.slice(5)) - 1]} ${month.slice(0, 4)}`,
  notice: {
    label: "Notice about the limit",
    near: (percent, taken, limit) =>
      `More than **${percent}%** of this month's limit is taken (${taken} / ${limit}).`,
    full: (limit, waiting) =>
      waiting
        ? `This month's limit of ${limit} is used up: **${waiting} people** wait.`
        : `This month's limit of ${limit} is used up.`,
    look: "See limit",
    raise: "Raise limit",
    dismiss: "Don't show this notice again",
    told: "Who has seen the notices",
    toldBy: (percent, name, when) => `${percent}% · ${name} · ${when}`,
  },
  quota: {
    title: "Limit",
    loadFailed: "The limit could not be loaded",
    pickMonth: "Month",
    barLabel: (month) => `Share of the limit of ${month}`,
    ofLimit: (taken, limit) => `**${taken}** of ${limit} messages are used or reserved`,
    used: "Sent",
    usedHint: "Messages that the carrier took",
    reserved: "On their way",
    reservedHint: "Reserved before they are handed over",
    uncertain: "To be settled",
    uncertainHint: "Kept, because nobody knows whether they went out",
    remaining: "Left",
    remainingHint: "Messages that can still be sent",
    resets: (when) => `Starts afresh with the next month's limit on ${when} (Korean time).`,
    past: "A month before. Late results change the month in which their unit was reserved.",
    ceiling: (n) => `The operator's ceiling is ${n}.`,
    change: "Change limit",
    changeTitle: "Messages per month",
    changeHint: "Holds from this month on, at once. Months before stay as they are.",
    changeField: "Limit per month",
    changeNeed: "A number, 0 or more",
    changeWaiting: (n) =>
      `Sending to **${n} people** held by the limit goes on by itself, as far as it reaches.`,
    changed: (n) => `The limit is now ${n} per month`,
    ownerOnly: "An owner can change the limit.",
    waitingTitle: (n) => `${n} people wait for the limit`,
    waitingHint: "Sending goes on by itself when the limit is raised or the month turns.",
    waitingPeople: (n) => `${n} people`,
    settleUncertain: "Settle them",
    agrees: (reserved, settled, released) =>
      `The movements add up to the figures above: reserved ${reserved} − used ${settled} − given back ${released}.`,
    differs: "The movements don't add up to the figures above. Please tell whoever runs the server.",
    sends: "By send",
    sendsHint: "What each send took of this month",
    sendsEmpty: "Nothing was sent in this month yet",
    taken: (n) => `reserved ${n}`,
    settled: (n) => `used ${n}`,
    released: (n) => `given back ${n}`,
    open: (n) => `on their way ${n}`,
    showMovements: (name) => `Movements · ${name}`,
    movementsOf: "Movements",
    entries: "All movements",
    entriesHint: "Newest first",
    entriesEmpty: "No movements",
    onlyCampaign: (name) => `Only “${name}”`,
    showAll: "Show all",
    download: "Download CSV",
    kinds: { reserve: "Reserved", settle: "Used", release: "Given back" },
    units: (n) => n,
    request: (id) => `request …${id}`,
    months: "Months before",
    monthLine: (used, limit) => `${used} / ${limit}`,
  },
};

export default limits;
