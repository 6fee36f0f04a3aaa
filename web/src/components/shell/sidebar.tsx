"use client";

import { Check, ChevronsUpDown, LogOut, Moon, Search, Sun } from "lucide-react";
import { useRequests } from "@/features/contacts/request-queries";
import { useDuplicateCounts } from "@/features/duplicates/queries";
import { useLogout, useMe, useSwitchTenant, useTenant } from "@/features/session/queries";
import { useUncertainCounts } from "@/features/uncertain/queries";
import { num } from "@/lib/format";
import { useT } from "@/lib/i18n";
import { Link, usePath } from "@/lib/router";
import { useTheme } from "@/lib/theme";
import { cn } from "@/lib/utils";
import { Avatar } from "../ui/badge";
import { Button } from "../ui/button";
import { Keys } from "../ui/kbd";
import { Menu, MenuContent, MenuItem, MenuLabel, MenuSeparator, MenuTrigger } from "../ui/popover";
import { Skeleton } from "../ui/states";
import { type NavItem, navFor, owns, SETTINGS } from "./nav";
import { QuotaCard } from "./quota-card";
import { RunningWork } from "./running-work";

export function TenantMenu() {
  const t = useT();
  const me = useMe().data;
  const tenant = useTenant();
  const change = useSwitchTenant();
  const logout = useLogout();
  return (
    <Menu>
      <MenuTrigger className="press flex h-9 w-full items-center gap-2 rounded-md px-1.5 text-left font-semibold hover:bg-accent max-md:h-11">
        <span
          aria-hidden
          className="flex size-6 shrink-0 items-center justify-center rounded-md bg-primary text-xs text-primary-foreground"
        >
          {tenant ? [...tenant.name][0] : ""}
        </span>
        <span className="min-w-0 flex-1 truncate">{tenant?.name ?? <Skeleton className="h-4 w-24" />}</span>
        <span className="sr-only">{t.shell.tenantSwitch}</span>
        <ChevronsUpDown aria-hidden className="size-3.5 text-muted-foreground" />
      </MenuTrigger>
      <MenuContent className="w-60">
        <MenuLabel>{me?.user.email}</MenuLabel>
        {me?.tenants.map((one) => (
          <MenuItem key={one.id} onSelect={() => one.id !== me.tenantId && change.mutate(one.id)}>
            <span className="min-w-0 flex-1 truncate">{one.name}</span>
            <span className="text-xs text-muted-foreground">{t.shell.role[one.role]}</span>
            {one.id === me.tenantId && <Check aria-hidden />}
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem onSelect={() => logout.mutate()}>
          <LogOut aria-hidden />
          {t.shell.logout}
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}

export function ThemeButton({ className }: { className?: string }) {
  const t = useT();
  const { dark, setTheme } = useTheme();
  return (
    <Button
      variant="ghost"
      size="icon-sm"
      aria-label={t.shell.theme.toggle}
      onClick={() => setTheme(dark ? "light" : "dark")}
      className={className}
    >
      {dark ? <Sun aria-hidden /> : <Moon aria-hidden />}
    </Button>
  );
}

function Left({ count, text }: { count: number; text: (n: number) => string }) {
  if (count === 0) return null;
  return (
    <span className="ml-auto text-xs font-normal text-muted-foreground">
      <span aria-hidden>{num(count)}</span>
      <span className="sr-only">{text(count)}</span>
    </span>
  );
}

/** All asked only where they are shown: under the contacts, under the campaigns. */
function DuplicatesLeft() {
  return <Left count={useDuplicateCounts().data?.open ?? 0} text={useT().shell.duplicatesLeft} />;
}

function RequestsLeft() {
  return <Left count={useRequests(true).data?.length ?? 0} text={useT().shell.requestsLeft} />;
}

function UncertainLeft() {
  return <Left count={useUncertainCounts().data?.people ?? 0} text={useT().shell.uncertainLeft} />;
}

function NavLink({ item, path }: { item: NavItem; path: string }) {
  const t = useT();
  const inside = owns(item, path);
  const Icon = item.icon;
  const children = inside ? item.children : undefined;
  return (
    <li>
      <Link
        href={item.href}
        aria-current={inside && !children ? "page" : undefined}
        className={cn(
          "press flex h-[30px] items-center gap-2.5 rounded-md px-2 font-medium text-muted-foreground hover:bg-accent hover:text-foreground",
          inside && "text-foreground",
          inside && !children && "bg-accent",
        )}
      >
        <Icon aria-hidden className="size-4" />
        {item.label(t)}
      </Link>
      {children && (
        <ul className="mt-0.5 ml-4 border-l pl-2">
          {children.map((child) => {
            const here = child.href === item.href ? path === child.href : path.startsWith(child.href);
            return (
              <li key={child.href}>
                <Link
                  href={child.href}
                  aria-current={here ? "page" : undefined}
                  className={cn(
                    "press flex h-7 items-center rounded-md px-2 text-muted-foreground hover:bg-accent hover:text-foreground",
                    here && "bg-accent font-medium text-foreground",
                  )}
                >
                  {child.label(t)}
                  {child.count === "duplicates" && <DuplicatesLeft />}
                  {child.count === "requests" && <RequestsLeft />}
                  {child.count === "uncertain" && <UncertainLeft />}
                </Link>
              </li>
            );
          })}
        </ul>
      )}
    </li>
  );
}

export function Sidebar({ onCommand }: { onCommand: () => void }) {
  const t = useT();
  const path = usePath();
  const me = useMe().data;
  const kind = useTenant()?.kind;
  return (
    <aside className="flex w-[220px] shrink-0 flex-col gap-2 py-2 pr-0.5 pl-2.5 max-md:hidden">
      <TenantMenu />
      <button
        type="button"
        onClick={onCommand}
        className="press flex h-8 items-center gap-2 rounded-md border bg-card px-2.5 text-muted-foreground shadow-card hover:border-border-strong dark:bg-transparent"
      >
        <Search aria-hidden className="size-4" />
        <span className="flex-1 text-left">{t.shell.quickMove}</span>
        <Keys combo="mod+k" />
      </button>
      <nav aria-label={t.shell.nav} className="mt-1 min-h-0 flex-1 overflow-y-auto">
        <ul className="flex flex-col gap-0.5">
          {navFor(kind).map((item) => (
            <NavLink key={item.href} item={item} path={path} />
          ))}
        </ul>
      </nav>
      <RunningWork />
      <QuotaCard />
      <div className="flex h-8 items-center gap-1 pl-1">
        {me ? (
          <Avatar name={me.user.name} className="size-6" />
        ) : (
          <Skeleton className="size-6 rounded-full" />
        )}
        <span className="ml-1 min-w-0 flex-1 truncate font-medium">
          {me?.user.name ?? <Skeleton className="h-4 w-16" />}
        </span>
        <ThemeButton />
        <Button asChild variant="ghost" size="icon-sm">
          <Link
            href={SETTINGS.href}
            aria-label={t.shell.settings}
            aria-current={owns(SETTINGS, path) ? "page" : undefined}
          >
            <SETTINGS.icon aria-hidden />
          </Link>
        </Button>
      </div>
    </aside>
  );
}
