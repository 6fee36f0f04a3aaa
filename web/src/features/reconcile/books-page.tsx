"use client";

import { X } from "lucide-react";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { useTitle } from "@/lib/hooks";
import { useT } from "@/lib/i18n";
import { isMonth } from "@/lib/month";
import { useSearch } from "@/lib/router";
import { AllBooks } from "./all-books";
import { SendBooks } from "./send-books";
import { useBooks } from "./words";

/** Do our ledger, the carrier's word and the quota agree? Of one send (`?send=`), or of everything that is open. */
export function BooksPage() {
  const t = useT();
  const b = useBooks();
  const [search, setSearch] = useSearch();
  const send = search.get("send");
  const asked = search.get("month");
  const month = isMonth(asked) ? asked : null;
  useTitle(b.title);
  return (
    <>
      <PageHeader
        title={b.title}
        trail={[{ href: "/campaigns", label: t.campaigns.title }]}
        meta={
          send && (
            <Button size="sm" className="max-md:h-11" onClick={() => setSearch({ send: null })}>
              {b.onlyOne}
              <span className="sr-only">, {b.showAll}</span>
              <X aria-hidden />
            </Button>
          )
        }
      />
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex w-full max-w-[960px] flex-col gap-4 px-6 py-6 max-md:px-4 max-md:py-5">
          <p className="text-muted-foreground">{b.hint}</p>
          {send ? (
            <SendBooks key={send} sendId={send} />
          ) : (
            <AllBooks month={month} onMonth={(value) => setSearch({ month: value })} />
          )}
        </div>
      </div>
    </>
  );
}
