import {
  Bot,
  ContactRound,
  House,
  type LucideIcon,
  Scale,
  Send,
  Settings,
  Smartphone,
  Table2,
} from "lucide-react";
import type { Messages } from "@/messages";

export interface NavItem {
  href: string;
  label: (t: Messages) => string;
  icon: LucideIcon;
  /** Prefixes of addresses that belong to it; the item's own is one of them. */
  owns?: string[];
  /** `count`: how much waits there, in small figures beside the word. */
  children?: {
    href: string;
    label: (t: Messages) => string;
    count?: "duplicates" | "requests" | "uncertain";
  }[];
  /** Has a place in the bottom bar of a phone. */
  bar?: boolean;
  /** Only where somebody stands for election. */
  camp?: boolean;
}

/** Only what exists is listed: a link to a screen that is not there yet is a broken promise. */
export const NAV: NavItem[] = [
  { href: "/", label: (t) => t.shell.today, icon: House, bar: true },
  {
    href: "/contacts",
    label: (t) => t.shell.contacts,
    icon: ContactRound,
    bar: true,
    children: [
      { href: "/contacts", label: (t) => t.shell.contactsAll },
      { href: "/contacts/segments", label: (t) => t.shell.segments },
      { href: "/contacts/duplicates", label: (t) => t.shell.duplicates, count: "duplicates" },
      { href: "/contacts/imports", label: (t) => t.shell.imports },
      { href: "/contacts/requests", label: (t) => t.shell.requests, count: "requests" },
    ],
  },
  {
    href: "/campaigns",
    owns: ["/campaigns", "/sends", "/templates"],
    label: (t) => t.shell.campaigns,
    icon: Send,
    bar: true,
    children: [
      { href: "/campaigns", label: (t) => t.shell.campaignsAll },
      { href: "/templates", label: (t) => t.shell.templates },
      { href: "/sends/uncertain", label: (t) => t.shell.uncertain, count: "uncertain" },
    ],
  },
  { href: "/records", label: (t) => t.shell.records, icon: Table2 },
  { href: "/automations", label: (t) => t.shell.automations, icon: Bot },
  { href: "/phones", label: (t) => t.shell.phones, icon: Smartphone },
  { href: "/law", label: (t) => t.shell.law, icon: Scale, camp: true },
];

/** What this kind of organisation has; before it is known, what every kind has. */
export function navFor(kind: string | undefined): NavItem[] {
  return NAV.filter((item) => !item.camp || kind === "camp");
}

export const SETTINGS: NavItem = {
  href: "/settings/team",
  owns: ["/settings"],
  label: (t) => t.shell.settings,
  icon: Settings,
};

export function owns(item: NavItem, path: string): boolean {
  if (item.href === "/") return path === "/";
  return (item.owns ?? [item.href]).some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
}
