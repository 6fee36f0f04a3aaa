"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { useMe, useQuota } from "@/features/session/queries";
import { useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { LiveProvider, useLive } from "@/lib/live";
import { useNavigate } from "@/lib/router";
import { undoLast } from "@/lib/toast";
import { BottomBar } from "./bottom-bar";
import { Sidebar } from "./sidebar";

// Both open by a key press; nobody should wait for their code to see a page.
const CommandMenu = dynamic(() => import("./command-menu").then((m) => m.CommandMenu), { ssr: false });
const ShortcutHelp = dynamic(() => import("./shortcut-help").then((m) => m.ShortcutHelp), { ssr: false });
const QuotaNotice = dynamic(() => import("./quota-notice").then((m) => m.QuotaNotice), { ssr: false });

/** Of the thresholds that were reached and not yet seen, the highest: the lower ones are old news then. */
function LimitLine() {
  const owner = useMe().data?.role === "owner";
  const quota = useQuota().data;
  const unseen = quota?.notices.findLast((one) => !one.seen);
  return owner && quota && unseen ? <QuotaNotice quota={quota} percent={unseen.percent} /> : null;
}

function OfflineLine() {
  const t = useT();
  if (useLive() !== "reconnecting") return null;
  return (
    <p role="status" className="bg-warning-soft px-4 py-1 text-center text-xs text-warning">
      {t.shell.offline}
    </p>
  );
}

function Shortcuts({ onCommand, onHelp }: { onCommand: () => void; onHelp: () => void }) {
  const { to } = useNavigate();
  useShortcuts([
    { combo: "mod+k", name: "command", group: "everywhere", typing: true, modal: true, run: onCommand },
    { combo: "g h", name: "today", group: "everywhere", run: () => to("/") },
    { combo: "c", name: "contacts", group: "everywhere", run: () => to("/contacts") },
    { combo: "g m", name: "campaigns", group: "everywhere", run: () => to("/campaigns") },
    { combo: "n", name: "newCampaign", group: "everywhere", run: () => to("/campaigns/new") },
    { combo: "z", name: "undo", group: "everywhere", run: () => undoLast() },
    { combo: "?", name: "help", group: "everywhere", run: onHelp },
  ]);
  return null;
}

export function AppShell({ children }: { children: ReactNode }) {
  const t = useT();
  const [command, setCommand] = useState(false);
  const [help, setHelp] = useState(false);
  return (
    <LiveProvider>
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-primary px-3 py-2 text-primary-foreground focus:not-sr-only focus:absolute focus:top-3 focus:left-3"
      >
        {t.shell.skip}
      </a>
      <div className="flex h-dvh max-md:flex-col">
        <Sidebar onCommand={() => setCommand(true)} />
        <div className="flex min-h-0 min-w-0 flex-1 flex-col md:p-2">
          <main
            id="main"
            tabIndex={-1}
            className="relative flex min-h-0 flex-1 flex-col overflow-hidden bg-card outline-none md:rounded-xl md:border"
          >
            <OfflineLine />
            <LimitLine />
            {children}
          </main>
        </div>
        <BottomBar />
      </div>
      <Shortcuts onCommand={() => setCommand((open) => !open)} onHelp={() => setHelp(true)} />
      {command && <CommandMenu onClose={() => setCommand(false)} onHelp={() => setHelp(true)} />}
      {help && <ShortcutHelp onClose={() => setHelp(false)} />}
    </LiveProvider>
  );
}
