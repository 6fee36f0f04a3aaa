import { num } from "@/lib/format";
import type { UncertainWords } from "../ko/uncertain";

const people = (n: number) => `${num(n)} ${n === 1 ? "person" : "people"}`;

const REASONS: Record<string, string> = {
  missing_at_carrier: "The carrier has the request, but not these people",
  caller_not_gone: "Nobody can tell whether the sending server has stopped",
  carrier_silent: "The carrier didn't answer for over an hour",
  unknown: "Result unknown",
};

const QUESTIONS: Record<string, string> = {
  "carrier can't be asked": "The carrier was asked and didn't answer",
  "group not found": "The carrier didn't find the batch",
  "people missing at the carrier": "Some people aren't in the batch",
  "not known there": "The carrier doesn't know some of the people",
  "recipients missing from the answer": "Some people were missing from the answer",
  "delete refused": "Deleting the batch was refused",
  "deleted, read again": "The batch was deleted and read again",
  "its caller may still send it": "The sending server may still send it",
  "taken over": "Another server took over",
  repeated: "The same request was repeated under the same key",
  timeout: "The carrier's answer took too long",
  read_timeout: "The carrier's answer took too long",
  read_error: "The connection broke before the answer",
  remote_protocol_error: "The connection broke before the answer",
};

const KINDS: Record<string, string> = {
  maybe_twice: "May have received twice",
  overlap: "Both arrived",
  contradicting_final: "Contradicting results",
};

const uncertain: UncertainWords = {
  title: "To decide",
  left: (n) => `${people(n)} left`,
  onlyOne: "Only one campaign",
  showAll: "Show all sends",
  tabs: "View",
  tabPeople: (n) => `People ${n}`,
  tabIncidents: (n) => `Incidents ${n}`,
  loadFailed: "The people to decide about couldn't be loaded",
  emptyTitle: "Nobody to decide about",
  emptyHint: "People about whom the carrier never answered gather here. The hub never sends again by itself.",
  emptyDone: (n) => `${people(n)} decided. Nobody is left.`,
  campaigns: "Show campaigns",
  queue: "Groups to decide",
  justDone: "Just decided",
  saving: "Saving",
  openList: "List",
  more: "More",
  noCampaign: "Not a campaign",
  wholeSend: (people, groups) => `Decide about all ${num(people)} of this send (${num(groups)} requests)`,
  rehearsal: "Rehearsal",
  groupPeople: people,
  question: (n) => `Did ${people(n)} get it?`,
  known: "What is known",
  facts: {
    account: "Carrier account",
    channel: "Channel",
    calledAt: "Handed over",
    there: "At the carrier",
    asked: "Asked",
    units: "Quota kept",
  },
  thereYes: "We have its receipt number: the request is in",
  thereNo: "No receipt number came back",
  times: (n) => (n === 1 ? "once" : `${num(n)} times`),
  units: (n) => num(n),
  unitsNone: "None",
  why: "Why nobody knows",
  reason: (code, label) => REASONS[code] ?? label,
  reasonHints: {
    missing_at_carrier:
      "The request is in, but these people aren't in the carrier's list. Look them up in its console by time and number.",
    caller_not_gone:
      "If the sending server is still alive, it may yet go out. Make sure that it is off before you decide.",
    carrier_silent: "The carrier was asked for a long time. Look in its console or call its support.",
  },
  questions: "Asked and answered",
  questionsNone: "Not asked yet",
  questionsCut: (n) => `${num(n)} in between left out`,
  answer: (note) =>
    QUESTIONS[note] ??
    (note.startsWith("http_")
      ? `The carrier answered with an error (${note.slice(5)})`
      : `Its answer: ${note}`),
  people: "People of this group",
  peopleHint: "They can be decided one by one",
  peopleEmpty: "Results have come for everybody meanwhile",
  decideOne: (name) => `Decide about ${name}`,
  decideOneShort: "Decide",
  onlyAdmins: "Admins and owners decide.",
  notAgain: "This send was cancelled or its time is over: nobody can be sent to again.",
  decisions: {
    adopt: { label: "It went out", hint: "Wait for the report" },
    resend: { label: "Send again", hint: "May arrive twice" },
    close: { label: "Close as not sent", hint: "Nothing more is sent" },
  },
  consequence: {
    adopt: () =>
      "Counted as accepted by the carrier; its report is awaited. Without one it becomes a failure. **If it never went out, they won't get it.**",
    resend: (n) =>
      `The same text goes to ${people(n)} once more. If the first one went out, **they may get it twice.** Opt-outs are checked again.`,
    close: () =>
      "Counted as not sent. A late report still makes it delivered. **It can't be sent again afterwards.**",
  },
  quota: {
    adopt: (units) => `The ${num(units)} kept of the quota count as used.`,
    resend: (units) => `The ${num(units)} kept of the quota count as used, and ${num(units)} more are taken.`,
    close: (units) => `The carrier may have sent it: the ${num(units)} kept of the quota aren't given back.`,
  },
  ask: (n) => `What about ${people(n)}?`,
  askOne: (name) => `What about ${name}?`,
  askHint: "A decision can't be taken back and is on record with your name.",
  reasonLabel: "Reason",
  reasonHint: "Needed for sending again, so that there is an answer when somebody asks.",
  reasonNeeded: "Say why it is sent again",
  choose: "Choose one first",
  confirm: {
    adopt: (n) => `Count ${people(n)} as sent`,
    resend: (n) => `Send again to ${people(n)}`,
    close: (n) => `Close ${people(n)} as not sent`,
  },
  done: {
    adopt: (n) => `${people(n)} counted as sent`,
    resend: (n) => `Sending again to ${people(n)}`,
    close: (n) => `${people(n)} closed as not sent`,
  },
  meanwhile: (n) => `Results came for ${people(n)} meanwhile; they stay as they are.`,
  tooLate: "A result came meanwhile, or somebody else decided",
  failed: (why) => `Not decided. ${why}`,
  settled: { adopt: "Went out", resend: "Sent again", close: "Closed" },
  incidents: {
    which: "Which incidents",
    whichOpen: "To look at",
    whichAll: "All",
    mark: "Looked at",
    markAll: (n: number) => `Mark all ${num(n)} shown`,
    putBack: "Put back",
    seenBy: (who: string, when: string) => `${who || "Somebody"} looked at it, ${when}`,
    emptyOpen: "Nothing left to look at",
    showSeen: "Show earlier ones",
    loadFailed: "Incidents couldn't be loaded",
    emptyTitle: "No incidents",
    emptyHint: "People who may have received twice, or of whom a carrier said two things, are kept here.",
    list: "Incidents",
    hint: "They have happened and can't be mended. They are kept so that there is an answer when somebody asks.",
    kind: (kind, label) => KINDS[kind] ?? label,
    said: {
      maybe_twice: (n) =>
        `Try ${num(n)}, held to be not sent, went out after all. If it was sent again, they got it twice.`,
      overlap: (n) => `After it was sent again, try ${num(n)} arrived too: the same text twice.`,
      contradicting_final: (n) =>
        `The carrier reported a different result for try ${num(n)} later. The first one counts.`,
    },
  },
};

export default uncertain;
