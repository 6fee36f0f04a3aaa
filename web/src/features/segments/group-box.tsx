"use client";

import { FolderTree, Plus, UserMinus, X } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/utils";
import { useBuilder } from "./builder-context";
import { ConditionRow, useMoving } from "./condition-row";
import { Count } from "./count";
import { FieldPicker } from "./field-picker";
import { append, change, dropEmpty, type Group, type Item, newGroup, newRow, remove } from "./tree";

/** The joint between two items: one press switches the whole group. */
function Joint({ group, first, last }: { group: Group; first: boolean; last: boolean }) {
  const { w, edit } = useBuilder();
  const any = group.join !== "all";
  const [now, other] = any ? [w.or, w.and] : [w.and, w.or];
  return (
    <span className={cn("relative flex justify-center", first ? "max-md:hidden" : "max-md:h-5")}>
      {!first && <i aria-hidden className="absolute -top-2 h-[18px] w-px bg-border-strong max-md:hidden" />}
      {!last && (
        <i aria-hidden className="absolute top-[30px] -bottom-2 w-px bg-border-strong max-md:hidden" />
      )}
      <i
        aria-hidden
        className={cn(
          "absolute top-[21px] right-0 h-px bg-border-strong max-md:hidden",
          first ? "left-[46px]" : "left-1/2",
        )}
      />
      {first ? (
        <span className="relative mt-[11px] h-5 px-1 text-xs text-muted-foreground max-md:hidden">
          {w.condition}
        </span>
      ) : group.join === "none" ? (
        <span className="relative mt-2.5 h-[22px] rounded-full border bg-card px-2 text-xs leading-5 font-medium max-md:mt-0">
          {w.or}
        </span>
      ) : (
        <button
          type="button"
          aria-label={w.switchJoin(now, other)}
          onClick={() =>
            edit((root) =>
              change(root, group.id, (item) =>
                item.kind === "group" ? { ...item, join: any ? "all" : "any" } : item,
              ),
            )
          }
          className={cn(
            "press relative mt-2.5 h-[22px] min-w-[50px] rounded-full border px-2 text-xs font-medium max-md:mt-0",
            any ? "border-brand/40 bg-brand-soft text-brand-fg" : "bg-card hover:bg-accent",
          )}
        >
          {now}
        </button>
      )}
    </span>
  );
}

function Adders({ group, root }: { group: Group; root?: boolean }) {
  const { fields, w, edit, picking, pick, setFresh, mayNest } = useBuilder();
  const nest = (join: "any" | "none") => {
    const inner = newGroup(join);
    edit((now) => append(now, group.id, inner));
    pick(inner.id);
  };
  return (
    <div className="flex flex-wrap items-center gap-1 md:pl-[60px]">
      <FieldPicker
        fields={fields}
        label={w.addCondition}
        placeholder={w.fieldFind}
        open={picking === group.id}
        onOpenChange={(open) => {
          pick(open ? group.id : null);
          // A group that was opened and got nothing leaves no empty box behind.
          if (!open && !root) edit((now) => dropEmpty(now, group.id));
        }}
        onPick={(field) => {
          const row = newRow(field);
          edit((now) => append(now, group.id, row));
          setFresh(row.id);
        }}
      >
        <Button variant="ghost" size="sm" aria-label={w.addCondition} className="max-md:h-11">
          <Plus aria-hidden />
          {w.condition}
        </Button>
      </FieldPicker>
      {mayNest(group) && (
        <Button
          variant="ghost"
          size="sm"
          aria-label={w.addGroup}
          onClick={() => nest("any")}
          className="max-md:h-11"
        >
          <FolderTree aria-hidden />
          {w.group}
        </Button>
      )}
      {root && group.join === "all" && (
        <Button
          variant="ghost"
          size="sm"
          aria-label={w.addExclude}
          onClick={() => nest("none")}
          className="max-md:h-11"
        >
          <UserMinus aria-hidden />
          {w.exclude}
        </Button>
      )}
    </div>
  );
}

function Box({ group, children }: { group: Group; children: ReactNode }) {
  const { w, edit } = useBuilder();
  const moving = useMoving(group.id);
  const out = group.join === "none";
  const title = out ? w.groupNone : group.join === "any" ? w.groupAny : w.groupAll;
  return (
    // biome-ignore lint/a11y/useSemanticElements: the heading is in the line with the count
    <div
      role="group"
      aria-label={title}
      ref={moving.box}
      onKeyDown={moving.onKeyDown}
      {...moving.target}
      className={cn(
        "flex flex-col gap-2 rounded-lg border p-3 pt-2 max-md:p-2",
        out ? "border-destructive/25 bg-danger-soft/35" : "bg-muted/55",
      )}
    >
      <div className="flex items-center gap-2">
        <span className={cn("font-medium", out ? "text-destructive" : "text-muted-foreground")}>{title}</span>
        <span className="ml-auto">
          <Count id={group.id} />
        </span>
        <button
          type="button"
          aria-label={w.removeGroup}
          onClick={() => edit((root) => remove(root, group.id))}
          className="flex size-7 items-center justify-center rounded-sm text-muted-foreground hover:bg-accent hover:text-foreground max-md:size-11"
        >
          <X aria-hidden className="size-4" />
        </button>
      </div>
      {children}
    </div>
  );
}

function One({ item }: { item: Item }) {
  return item.kind === "row" ? (
    <ConditionRow row={item} />
  ) : (
    <Box group={item}>
      <GroupBody group={item} />
    </Box>
  );
}

/** A group's items under each other, held together by a rail of joints. */
export function GroupBody({ group, root }: { group: Group; root?: boolean }) {
  return (
    <>
      {group.children.length > 0 && (
        <ul className="flex flex-col gap-2">
          {group.children.map((item, at) => (
            <li key={item.id} className="grid md:grid-cols-[60px_minmax(0,1fr)]">
              <Joint group={group} first={at === 0} last={at === group.children.length - 1} />
              <One item={item} />
            </li>
          ))}
        </ul>
      )}
      <Adders group={group} root={root} />
    </>
  );
}
