import { koreanInput } from "@/lib/format";
import type { Candidacy, CandidacyIn } from "./queries";

/** An election whose day isn't in our list. */
export const CUSTOM = "custom";

/** What the form holds: the strings of its fields. */
export interface Draft {
  election: string;
  electionDay: string;
  electionKind: NonNullable<CandidacyIn["electionKind"]>;
  office: CandidacyIn["office"] | "";
  district: string;
  name: string;
  status: CandidacyIn["status"];
  registeredAt: string;
  proof: string;
  reportedNumber: string;
  /** Wall clock in Korea, as `datetime-local` has it. */
  reportedAt: string;
  receipt: string;
  refusal: string;
}

const STEPS: (keyof Draft)[][] = [
  ["election", "electionDay", "electionKind", "office", "district"],
  ["name", "status", "registeredAt", "proof"],
  ["reportedNumber", "reportedAt", "receipt", "refusal"],
];

export function draftOf(candidacy: Candidacy | undefined, election: string): Draft {
  return {
    election,
    electionDay: candidacy?.electionDay ?? "",
    electionKind: (candidacy?.election as Draft["electionKind"]) ?? "by",
    office: (candidacy?.office as Draft["office"]) ?? "",
    district: candidacy?.district ?? "",
    name: candidacy?.name ?? "",
    status: (candidacy?.status as Draft["status"]) ?? "preliminary",
    registeredAt: candidacy?.registeredAt ?? "",
    proof: candidacy?.proof ?? "",
    reportedNumber: candidacy?.reportedNumber ?? "",
    reportedAt: candidacy?.reportedAt ? koreanInput(candidacy.reportedAt) : "",
    receipt: candidacy?.receipt ?? "",
    refusal: candidacy?.refusal ?? "",
  };
}

/** In which step a field stands. */
export function stepOf(field: string): number {
  const at = STEPS.findIndex((names) => names.includes(field as keyof Draft));
  return at === -1 ? 0 : at;
}

/** What a step can't do without. A number and a receipt may come later: sending waits for them, not the form. */
export function missing(draft: Draft, step: number): (keyof Draft)[] {
  const needed: (keyof Draft)[][] = [
    draft.election === CUSTOM ? ["electionDay", "office"] : ["office"],
    ["name", "registeredAt"],
    [],
  ];
  return (needed[step] ?? []).filter((name) => draft[name].trim() === "");
}

export function body(draft: Draft) {
  return {
    office: draft.office as CandidacyIn["office"],
    district: draft.district.trim(),
    name: draft.name.trim(),
    status: draft.status,
    registeredAt: draft.registeredAt,
    proof: draft.proof.trim(),
    reportedNumber: draft.reportedNumber.trim(),
    reportedAt: draft.reportedAt ? `${draft.reportedAt}:00+09:00` : null,
    receipt: draft.receipt.trim(),
    refusal: draft.refusal.trim(),
  };
}
