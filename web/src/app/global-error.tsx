"use client";

import ko from "@/messages/ko";
import "./globals.css";

/** Next's own page has inline styles, which the content security policy refuses. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="ko">
      <body>
        <main className="flex h-dvh flex-col items-center justify-center gap-3">
          <h1 className="text-lg font-semibold">{ko.shell.crashed}</h1>
          <button
            type="button"
            onClick={reset}
            className="h-9 rounded-md bg-primary px-4 text-primary-foreground"
          >
            {ko.common.retry}
          </button>
        </main>
      </body>
    </html>
  );
}
