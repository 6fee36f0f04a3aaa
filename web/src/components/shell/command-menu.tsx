"use client";

import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Keyboard, Languages, type LucideIcon, Moon, Search, Send, Upload } from "lucide-react";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { http } from "@/api/client";
import { useTenant } from "@/features/session/queries";
import { useDebounced } from "@/lib/hooks";
import { useFormat, useLocale, useT } from "@/lib/i18n";
import { useNavigate } from "@/lib/router";
import { useTheme } from "@/lib/theme";
import { Avatar } from "../ui/badge";
import { useReturnFocus } from "../ui/dialog";
import { Keys } from "../ui/kbd";
import { navFor, SETTINGS } from "./nav";

const row =
  "flex h-9 items-center gap-2.5 rounded-md px-2 data-[selected=true]:bg-accent max-md:h-11 [&_svg]:size-4 [&_svg]:text-muted-foreground";

export function CommandMenu({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const t = useT();
  const f = useFormat();
  const kind = useTenant()?.kind;
  const { to } = useNavigate();
  const { dark, setTheme } = useTheme();
  const { locale, setLocale } = useLocale();
  const [typed, setTyped] = useState("");
  const query = useDebounced(typed.trim(), 180);
  const people = useQuery({
    queryKey: ["contacts", "command", query],
    queryFn: ({ signal }) => http.get("/api/contacts", { query: { q: query, limit: 6 }, signal }),
    enabled: query.length > 0,
  });
  const campaigns = useQuery({
    queryKey: ["campaigns", "command"],
    queryFn: ({ signal }) => http.get("/api/campaigns", { query: { limit: 20 }, signal }),
  });
  const act = (run: () => void) => () => {
    onClose();
    run();
  };
  const matches = (text: string) => text.toLowerCase().includes(typed.trim().toLowerCase());
  const item = (label: string, Icon: LucideIcon, run: () => void, combo?: string) =>
    matches(label) && (
      <Command.Item key={label} value={label} onSelect={act(run)} className={row}>
        <Icon aria-hidden />
        <span className="flex-1 truncate">{label}</span>
        {combo && <Keys combo={combo} then={t.keys.afterwards} />}
      </Command.Item>
    );
  const listed = (heading: string, items: React.ReactNode[]) =>
    items.some(Boolean) && (
      <Command.Group heading={heading} className={group}>
        {items}
      </Command.Group>
    );
  const group =
    "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted-foreground";
  const go: Record<string, string> = { "/": "g h", "/contacts": "c", "/campaigns": "g m" };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-black/25 dark:bg-black/55" />
        <Dialog.Content
          data-modal
          {...useReturnFocus()}
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-[min(600px,calc(100vw-24px))] -translate-x-1/2 animate-fade overflow-hidden rounded-xl bg-popover shadow-pop outline-none"
        >
          <Dialog.Title className="sr-only">{t.command.title}</Dialog.Title>
          <Command label={t.command.title} shouldFilter={false}>
            <div className="flex items-center gap-2.5 border-b px-4">
              <Search aria-hidden className="size-4 text-muted-foreground" />
              <Command.Input
                autoFocus
                value={typed}
                onValueChange={setTyped}
                placeholder={t.command.placeholder}
                className="h-12 flex-1 bg-transparent text-base outline-none"
              />
              <Keys combo="escape" />
            </div>
            <Command.List className="thin-scroll max-h-[min(420px,60vh)] overflow-y-auto p-2">
              <Command.Empty className="px-2 py-8 text-center text-muted-foreground">
                {people.isFetching ? t.common.loading : t.command.empty}
              </Command.Empty>
              {query && people.data && people.data.items.length > 0 && (
                <Command.Group heading={t.command.groupPeople} className={group}>
                  {people.data.items.map((one) => (
                    <Command.Item
                      key={one.id}
                      value={`contact-${one.id}`}
                      onSelect={act(() => to(`/contacts?open=${one.id}`))}
                      className={row}
                    >
                      <Avatar name={one.name} />
                      <span className="flex-1 truncate">{one.name}</span>
                      <span className="text-muted-foreground">{one.phones[0] && f.phone(one.phones[0])}</span>
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
              {listed(
                t.command.groupGo,
                [...navFor(kind), SETTINGS].map((nav) =>
                  item(nav.label(t), nav.icon, () => to(nav.href), go[nav.href]),
                ),
              )}
              {listed(t.command.groupDo, [
                item(t.command.newCampaign, Send, () => to("/campaigns/new"), "n"),
                item(t.command.importList, Upload, () => to("/contacts/imports?new=1")),
                item(t.command.toggleTheme, Moon, () => setTheme(dark ? "light" : "dark")),
                item(t.command.language, Languages, () => setLocale(locale === "ko" ? "en" : "ko")),
                item(t.command.shortcuts, Keyboard, onHelp, "?"),
              ])}
              {listed(
                t.command.groupCampaigns,
                (typed.trim() ? (campaigns.data?.items ?? []) : [])
                  .filter((one) => matches(one.name))
                  .slice(0, 5)
                  .map((one) => (
                    <Command.Item
                      key={one.id}
                      value={`campaign-${one.id}`}
                      onSelect={act(() => to(`/campaigns/${one.id}`))}
                      className={row}
                    >
                      <Send aria-hidden />
                      <span className="flex-1 truncate">{one.name}</span>
                    </Command.Item>
                  )),
              )}
            </Command.List>
            {!typed && <p className="border-t px-4 py-2.5 text-xs text-muted-foreground">{t.command.hint}</p>}
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
