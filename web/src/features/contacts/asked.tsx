"use client";

import { useQuery } from "@tanstack/react-query";
import { http } from "@/api/client";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/states";
import { useT } from "@/lib/i18n";
import { Link } from "@/lib/router";
import { useWords } from "../duplicates/words";

const SHOWN = 5;

function useAsked(id: string) {
  return useQuery({
    queryKey: ["contact", id, "duplicates"],
    queryFn: ({ signal }) =>
      http.get("/api/duplicates", { query: { contactId: id, limit: SHOWN + 1 }, signal }),
    select: (page) => page.items,
  });
}

/** Who might be the same person, and the way to answer. Not a word when there is nothing to ask. */
export function Asked({ id }: { id: string }) {
  const t = useT();
  const words = useWords();
  const asked = useAsked(id);
  const pairs = asked.data ?? [];
  const answerAll = `/contacts/duplicates?contact=${id}`;
  if (asked.isSuccess && pairs.length === 0) return null;
  return (
    <section className="px-5 pt-4 pb-2" aria-label={t.contacts.page.asked}>
      <header className="mb-2 flex min-h-6 items-center justify-between">
        <h3 className="text-xs text-muted-foreground">{t.contacts.page.asked}</h3>
        {pairs.length > 0 && (
          <Button asChild size="sm" className="max-md:h-11">
            <Link href={answerAll}>{t.contacts.page.answer}</Link>
          </Button>
        )}
      </header>
      {asked.isPending ? (
        <Skeleton className="h-10 w-full" />
      ) : asked.isError ? (
        <p className="flex items-center justify-between text-muted-foreground">
          {t.duplicates.loadFailed}
          <Button size="sm" className="max-md:h-11" onClick={() => void asked.refetch()}>
            {t.common.retry}
          </Button>
        </p>
      ) : (
        <ul className="flex flex-col gap-2">
          {pairs.slice(0, SHOWN).map((pair) => {
            const other = pair.a.id === id ? pair.b : pair.a;
            return (
              <li key={pair.id} className="rounded-md bg-warning-soft px-3 py-2">
                <p className="break-words">
                  <Link
                    href={`/contacts/${other.id}`}
                    className="rounded-sm font-medium underline decoration-dotted underline-offset-4"
                  >
                    {other.name || t.contacts.noName}
                  </Link>{" "}
                  {words.reason(pair)}
                </p>
                <p className="text-xs text-muted-foreground">
                  {[other.source, pair.evidence.map((one) => words.evidence(one)).join(", ")]
                    .filter(Boolean)
                    .join(" · ")}
                </p>
              </li>
            );
          })}
          {pairs.length > SHOWN && (
            <li className="text-xs text-muted-foreground">{t.contacts.page.askedMore}</li>
          )}
        </ul>
      )}
    </section>
  );
}
