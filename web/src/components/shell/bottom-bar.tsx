"use client";

import { Ellipsis, LogOut } from "lucide-react";
import { useState } from "react";
import { useLogout, useMe, useTenant } from "@/features/session/queries";
import { useT } from "@/lib/i18n";
import { Link, usePath } from "@/lib/router";
import { cn } from "@/lib/utils";
import { Dialog, DialogContent, DialogTrigger } from "../ui/dialog";
import { NAV, navFor, owns, SETTINGS } from "./nav";
import { QuotaCard } from "./quota-card";
import { TenantMenu, ThemeButton } from "./sidebar";

const tab =
  "press flex flex-1 flex-col items-center justify-center gap-1 text-2xs font-medium text-muted-foreground";

/** A phone's way around. Pages with a bar of their own (composer, monitor) take its place. */
export function BottomBar() {
  const t = useT();
  const path = usePath();
  const logout = useLogout();
  const me = useMe().data;
  const kind = useTenant()?.kind;
  const [open, setOpen] = useState(false);
  // Writing and watching a campaign have a bar of their own in this place.
  if (path.startsWith("/campaigns/")) return null;
  return (
    <nav
      aria-label={t.shell.nav}
      className="flex h-[78px] shrink-0 border-t bg-card pb-[max(env(safe-area-inset-bottom),8px)] md:hidden"
    >
      {NAV.filter((item) => item.bar).map((item) => (
        <Link
          key={item.href}
          href={item.href}
          aria-current={owns(item, path) ? "page" : undefined}
          className={cn(tab, owns(item, path) && "text-foreground")}
        >
          <item.icon aria-hidden className="size-5" />
          {item.label(t)}
        </Link>
      ))}
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogTrigger className={tab}>
          <Ellipsis aria-hidden className="size-5" />
          {t.shell.more}
        </DialogTrigger>
        <DialogContent title={me?.user.name ?? t.shell.more}>
          <div className="flex items-center gap-2">
            <TenantMenu />
            <ThemeButton className="size-11" />
          </div>
          <ul className="my-3 border-y py-2">
            {[...navFor(kind).filter((item) => !item.bar), SETTINGS].map((item) => (
              <li key={item.href}>
                <Link
                  href={item.href}
                  onClick={() => setOpen(false)}
                  className="flex h-11 items-center gap-3 rounded-md px-2 text-base hover:bg-accent"
                >
                  <item.icon aria-hidden className="size-5 text-muted-foreground" />
                  {item.label(t)}
                </Link>
              </li>
            ))}
            <li>
              <button
                type="button"
                onClick={() => logout.mutate()}
                className="flex h-11 w-full items-center gap-3 rounded-md px-2 text-base hover:bg-accent"
              >
                <LogOut aria-hidden className="size-5 text-muted-foreground" />
                {t.shell.logout}
              </button>
            </li>
          </ul>
          <QuotaCard onOpen={() => setOpen(false)} />
        </DialogContent>
      </Dialog>
    </nav>
  );
}
