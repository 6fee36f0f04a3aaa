"use client";

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ApiError } from "@/api/client";
import { EarlyAnswers } from "@/api/early";
import { TooltipProvider } from "@/components/ui/popover";
import { Toaster } from "@/components/ui/toaster";
import { I18nProvider } from "./i18n";

// The operator's page has a door of its own.
const OPEN_PAGES = ["/login", "/setup", "/invite", "/operator"];

function toLogin(error: unknown): void {
  if (!(error instanceof ApiError) || error.status !== 401) return;
  const { pathname, search } = window.location;
  if (OPEN_PAGES.some((page) => pathname.startsWith(page))) return;
  window.location.assign(`/login?next=${encodeURIComponent(pathname + search)}`);
}

function makeClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: toLogin }),
    mutationCache: new MutationCache({ onError: toLogin }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // The server's own "no" is not an accident: only what may pass by itself is tried again.
        retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status < 500),
        retryDelay: (count) => 400 * 2 ** count,
      },
    },
  });
}

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(makeClient);
  return (
    <QueryClientProvider client={client}>
      <EarlyAnswers />
      <I18nProvider>
        <TooltipProvider>
          {children}
          <Toaster />
        </TooltipProvider>
      </I18nProvider>
    </QueryClientProvider>
  );
}
