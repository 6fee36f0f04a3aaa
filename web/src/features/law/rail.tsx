"use client";

import { ProfileCard } from "./profile-card";
import { RulesCard } from "./rules-card";
import { SignCard } from "./sign-card";

/** What one reads once: my signature, the rules, what we say of ourselves. */
export function Rail({ camp, owner, manages }: { camp: boolean; owner: boolean; manages: boolean }) {
  return (
    <>
      {camp && <SignCard />}
      <RulesCard camp={camp} owner={owner} />
      <ProfileCard camp={camp} manages={manages} />
    </>
  );
}
