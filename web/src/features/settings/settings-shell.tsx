"use client";

import type { ReactNode } from "react";
import { PageHeader } from "@/components/shell/page-header";
import { useT } from "@/lib/i18n";
import { Link, usePath } from "@/lib/router";
import { cn } from "@/lib/utils";
import { useTenant } from "../session/queries";

export function SettingsShell({
  title,
  actions,
  children,
}: {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const t = useT();
  const path = usePath();
  const sales = useTenant()?.kind === "sales";
  const pages = [
    { href: "/settings/team", label: t.settings.team.title },
    { href: "/settings/quota", label: t.settings.quota },
    { href: "/settings/carriers", label: t.settings.carriers },
    { href: "/settings/prices", label: t.settings.prices },
    { href: "/settings/approval", label: t.settings.approval },
    { href: "/settings/links", label: t.settings.links },
    // Camps have it in the main menu, as the election law.
    ...(sales ? [{ href: "/law", label: t.settings.rules }] : []),
    { href: "/settings/appearance", label: t.settings.appearance.title },
    { href: "/setup", label: t.setup.title },
  ];
  return (
    <>
      <PageHeader
        title={t.settings.title}
        meta={<span className="max-md:hidden">{title}</span>}
        actions={actions}
      />
      <div className="flex min-h-0 flex-1 max-md:flex-col">
        <nav
          aria-label={t.settings.title}
          className="w-48 shrink-0 border-r p-3 max-md:flex max-md:w-full max-md:gap-1 max-md:overflow-x-auto max-md:border-r-0 max-md:border-b max-md:p-2"
        >
          {pages.map((page) => (
            <Link
              key={page.href}
              href={page.href}
              aria-current={path === page.href ? "page" : undefined}
              className={cn(
                "press flex h-8 items-center rounded-md px-2.5 whitespace-nowrap text-muted-foreground hover:bg-accent hover:text-foreground max-md:h-11",
                path === page.href && "bg-accent font-medium text-foreground",
              )}
            >
              {page.label}
            </Link>
          ))}
        </nav>
        <section
          aria-label={title}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a long table scrolls, and must do so by keyboard
          tabIndex={0}
          className="thin-scroll min-h-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2"
        >
          <div className="mx-auto w-full max-w-[804px] px-6 py-7 max-md:px-4">{children}</div>
        </section>
      </div>
    </>
  );
}
