"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { http } from "@/api/client";
import { Avatar } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { useDebounced } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";

const SHOWN = 6;

/** One person of the book, found as everywhere: name, initial consonants, digits. */
export function PersonPicker({ label, onPick }: { label: string; onPick: (id: string) => void }) {
  const t = useT();
  const f = useFormat();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const q = useDebounced(typed.trim(), 180);
  const found = useQuery({
    queryKey: ["contacts", "pick", q],
    queryFn: ({ signal }) => http.get("/api/contacts", { query: { q, limit: SHOWN }, signal }),
    select: (page) => page.items,
    enabled: open && q !== "",
    placeholderData: keepPreviousData,
  }).data;
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button variant="ghost" size="sm" className="max-md:h-11">
          <UserPlus aria-hidden />
          {label}
        </Button>
      </PopoverTrigger>
      <PopoverContent aria-label={label} className="w-64 overflow-hidden">
        {/* The server has found them already, by more than the letters on screen. */}
        <Command label={label} shouldFilter={false} className="outline-none">
          <Command.Input
            value={typed}
            onValueChange={setTyped}
            placeholder={t.contacts.search}
            className="h-9 w-full border-b bg-transparent px-3 text-sm outline-none max-md:h-11"
          />
          <Command.List className="thin-scroll max-h-64 overflow-y-auto p-1">
            <Command.Empty className="px-2 py-4 text-center text-xs text-muted-foreground">
              {q ? t.command.empty : t.contacts.chosungHint}
            </Command.Empty>
            {(q ? (found ?? []) : []).map((one) => (
              <Command.Item
                key={one.id}
                value={one.id}
                onSelect={() => {
                  setOpen(false);
                  setTyped("");
                  onPick(one.id);
                }}
                className="flex min-h-8 items-center gap-2 rounded-sm px-2 text-sm data-[selected=true]:bg-accent max-md:h-11"
              >
                <Avatar name={one.name || t.contacts.noName} />
                <span className="min-w-0 flex-1 truncate">{one.name || t.contacts.noName}</span>
                <span className="text-xs text-muted-foreground">
                  {one.phones[0] ? f.phone(one.phones[0]) : one.district}
                </span>
              </Command.Item>
            ))}
          </Command.List>
        </Command>
      </PopoverContent>
    </Popover>
  );
}
