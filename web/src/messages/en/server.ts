import { REFUSALS } from "./refusals";

/** English for short texts that the server says in Korean; what isn't listed is shown as it came. */
const PERMISSIONS: Record<string, string> = {
  "contacts.read": "See contacts (numbers masked)",
  "contacts.write": "Add, change, tag and merge contacts",
  "contacts.delete": "Delete contacts",
  "contacts.reveal": "Reveal a masked number (on record)",
  "contacts.unmasked": "See numbers in full",
  "suppressions.read": "See opt-outs",
  "suppressions.write": "Record opt-outs",
  "suppressions.remove": "Remove opt-outs",
  "imports.read": "See import results",
  "imports.run": "Import lists and take them back",
  "exports.run": "Export (numbers masked)",
  "exports.unmasked": "Export numbers in full",
  "templates.read": "See templates",
  "templates.write": "Write templates",
  "templates.submit": "Hand templates in for review",
  "senders.read": "See sender numbers and Kakao channels",
  "senders.manage": "Manage sender numbers and Kakao channels",
  "carriers.read": "See carrier accounts",
  "carriers.manage": "Manage carrier accounts",
  "campaigns.read": "See campaigns",
  "campaigns.draft": "Write, check and hand in campaigns",
  "campaigns.test": "Send tests",
  "campaigns.approve": "Approve or reject campaigns",
  "campaigns.launch": "Start sending",
  "campaigns.control": "Pause, resume and cancel sending",
  "messages.read": "See single messages",
  "messages.resolve": "Settle messages with unknown results",
  "rules.read": "See the rules to keep",
  "rules.change": "Change how strict rules are",
  "candidacies.manage": "Manage the candidacy",
  "inbox.read": "Read replies",
  "inbox.reply": "Answer replies",
  "inbox.manage": "Change assignee, state and notes",
  "records.read": "See records",
  "records.write": "Add and change records",
  "partitions.manage": "Make and change tables",
  "automation.read": "See automatic sends",
  "automation.write": "Make and change rules of automatic sends",
  "automation.run": "Run automatic sends",
  "analytics.read": "See statistics",
  "quota.read": "See the sending limit",
  "quota.change": "Change the sending limit",
  "jobs.read": "See running work",
  "events.read": "Receive live updates",
  "operations.read": "See lanes and reconciliation",
  "team.read": "See the team",
  "team.manage": "Invite, change roles, remove members",
  "api_keys.manage": "Manage API keys",
  "audit.read": "See the audit trail",
  "settings.read": "See settings",
  "settings.change": "Change settings",
};

const BLOCKERS: Record<string, string> = {
  frozen: "Sending is stopped after a restore from a backup. Whoever runs the server must check and lift it.",
  carrier: "A real carrier account is needed. The practice account sends nothing.",
  sender_pending:
    "The sender number is not registered yet. Mark it as registered once the carrier approved it.",
  sender: "A sender number registered with the carrier is needed.",
  quota: "Nothing is left of this month's limit. An owner can change it.",
  candidacy: "Campaign texts can't be sent yet, because there is no candidacy on record. Other notices can.",
  candidacy_invalid: "The candidacy isn't valid now, so campaign texts can't be sent. See the law page.",
  candidacy_number: "Campaign texts need a reported number with its receipt, and a free way to opt out.",
};

export const server = {
  permission: (key: string, label: string) => PERMISSIONS[key] ?? label,
  refusal: (code: string, said: string) => REFUSALS[code] ?? said,
  quotaNotice: (percent: number, _message: string) =>
    percent === 100
      ? "This month's limit is used up. Sending goes on when it is raised or the month turns."
      : `More than ${percent}% of this month's limit is taken.`,
  blocker: (code: string, message: string) => BLOCKERS[code] ?? message,
};
