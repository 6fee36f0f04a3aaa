"use client";

import { MadeUpCard } from "./made-up-card";
import { NoticesCard } from "./notices-card";
import { ReconfirmCard } from "./reconfirm-card";
import { RepliesCard } from "./replies-card";
import { RetentionCard } from "./retention-card";

/** What the law wants a person to do about people and lists. */
export function Lists({ camp, owner }: { camp: boolean; owner: boolean }) {
  return (
    <>
      <MadeUpCard owner={owner} />
      <RepliesCard />
      {camp ? (
        <RetentionCard owner={owner} />
      ) : (
        <>
          <NoticesCard />
          <ReconfirmCard />
        </>
      )}
    </>
  );
}
