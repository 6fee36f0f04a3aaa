import type { TestWords } from "../ko/tests";

const tests: TestWords = {
  title: "Send to myself first",
  hint: "The saved text as it is, to these numbers and contacts only. It counts for the limit, not for this campaign's figures.",
  phones: "Mobile numbers",
  phonesHint: "One a line, 20 at most",
  seeds: "Contacts that get it",
  seedsHint: "To the first mobile of somebody in the book. Who has opted out is left out.",
  seedsFound: "Contacts to choose from",
  whichText: "Which text",
  otherValues: "Values of somebody else",
  otherFound: "People whose values may be used",
  ownValues: "Each contact's own values (none for typed numbers)",
  valuesOf: "Whose values fill the text?",
  valuesHint:
    "Name and other variables take this person's values. Whose they were is kept in the audit trail.",
  noValues: "Nobody's (texts with variables are left out)",
  noName: "No name",
  send: "Send the test",
  rehearse: "Through the simulator only (reaches no real phone)",
  failed: "The test could not be started",
  list: "Tests",
  none: "No tests yet.",
  loading: "Loading tests",
  held: "Held",
  rehearsal: "Simulated",
  needPhone: "Write a number or choose a contact.",
  states: {
    queued: "Waiting",
    sending: "Sending",
    accepted: "Accepted",
    delivered: "Delivered",
    failed: "Failed",
    skipped: "Not sent",
    uncertain: "Unknown",
    cancelled: "Cancelled",
    expired: "Expired",
  },
};

export default tests;
