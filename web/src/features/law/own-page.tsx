"use client";

import { useQuery } from "@tanstack/react-query";
import { http } from "@/api/client";
import { Button } from "@/components/ui/button";
import { useWords } from "./words";

/** Puts the camp's own page for refusals into a field. Not a word where people on the street can't reach this hub. */
export function OwnPage({ onPick }: { onPick: (url: string) => void }) {
  const w = useWords();
  const page = useQuery({
    queryKey: ["law", "opt-out-page"],
    queryFn: ({ signal }) => http.get("/api/law/opt-out-page", { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const url = page.data?.url;
  if (!url) return null;
  return (
    <Button
      type="button"
      size="sm"
      variant="ghost"
      className="-mt-2 self-start max-md:h-11"
      onClick={() => onPick(url)}
    >
      {w.form.ownPage}
    </Button>
  );
}
