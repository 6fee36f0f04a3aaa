"use client";

import { ChevronDown, GripVertical, X } from "lucide-react";
import { type DragEvent, type KeyboardEvent, useRef } from "react";
import { Menu, MenuContent, MenuRadioGroup, MenuRadioItem, MenuTrigger } from "@/components/ui/popover";
import { cn } from "@/lib/utils";
import { useBuilder } from "./builder-context";
import { Count } from "./count";
import { FieldIcon } from "./field-icon";
import { arity, change, complete, groupsOf, move, place, type Row, remove } from "./tree";
import { ValueFields } from "./value-fields";

const DRAG = "application/x-segment-item";

/** Dragged by its handle; from the keyboard it goes with Alt and an arrow. */
export function useMoving(id: string) {
  const { root, edit, w } = useBuilder();
  const box = useRef<HTMLDivElement>(null);
  const step = (event: KeyboardEvent, by: -1 | 1) => {
    event.preventDefault();
    event.stopPropagation();
    const home = groupsOf(root).find((group) => group.children.some((child) => child.id === id));
    const at = home?.children.findIndex((child) => child.id === id) ?? 0;
    const to = Math.max(0, Math.min((home?.children.length ?? 1) - 1, at + by));
    edit((now) => move(now, id, by), w.moved(to + 1, home?.children.length ?? 1));
  };
  return {
    box,
    onKeyDown: (event: KeyboardEvent) => {
      if (!event.altKey || event.nativeEvent.isComposing) return;
      if (event.key === "ArrowUp") step(event, -1);
      if (event.key === "ArrowDown") step(event, 1);
    },
    grip: {
      draggable: true,
      onDragStart: (event: DragEvent) => {
        event.dataTransfer.setData(DRAG, id);
        event.dataTransfer.effectAllowed = "move";
        if (box.current) event.dataTransfer.setDragImage(box.current, 12, 20);
      },
    },
    target: {
      onDragOver: (event: DragEvent) => {
        if (event.dataTransfer.types.includes(DRAG)) event.preventDefault();
      },
      onDrop: (event: DragEvent) => {
        event.preventDefault();
        event.stopPropagation();
        const dragged = event.dataTransfer.getData(DRAG);
        edit((now) => place(now, dragged, id));
      },
    },
  };
}

export function ConditionRow({ row }: { row: Row }) {
  const { fields, w, edit } = useBuilder();
  const moving = useMoving(row.id);
  const field = fields.get(row.field);
  const label = field?.label ?? w.unknownField;
  const whole = complete(row, field);
  const set = (part: Partial<Row>) =>
    edit((root) => change(root, row.id, (item) => (item.kind === "row" ? { ...item, ...part } : item)));
  const say = (op: string) => (field?.type === "bool" ? w.opHas(op) : (w.ops[op] ?? op));
  // A change of comparison keeps what still fits: from one to several, but not from a day to a number of days.
  const changeOp = (op: string) => {
    const wanted = arity(op);
    const same = (op === "within_days") === (row.op === "within_days");
    const values = same && field?.type !== "bool" ? row.values : field?.type === "bool" ? ["true"] : [];
    set({ op, values: wanted === null ? values : values.slice(0, wanted) });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset can't be a flex line in every browser
    <div
      role="group"
      aria-label={label}
      ref={moving.box}
      onKeyDown={moving.onKeyDown}
      {...moving.target}
      className={cn(
        "flex min-h-[42px] flex-wrap items-center gap-x-2 gap-y-1 rounded-lg border bg-card px-2 py-1.5 shadow-card focus-within:border-brand focus-within:shadow-[0_0_0_3px_var(--brand-soft)]",
        !whole && "border-dashed border-border-strong shadow-none",
      )}
    >
      <button
        type="button"
        aria-label={w.moveRow(label)}
        {...moving.grip}
        className="flex h-7 w-5 cursor-grab items-center justify-center rounded-sm text-muted-foreground hover:bg-accent max-md:hidden"
      >
        <GripVertical aria-hidden className="size-3.5" />
      </button>
      <span className="flex items-center gap-2 font-medium whitespace-nowrap">
        <FieldIcon field={row.field} />
        {w.subject(label)}
      </span>
      {field && <ValueFields row={row} field={field} onValues={(values) => set({ values })} />}
      {field && (
        <Menu>
          <MenuTrigger
            aria-label={w.operator(label, say(row.op))}
            className="press flex h-7 items-center gap-1 rounded-sm px-1 whitespace-nowrap text-muted-foreground hover:bg-accent hover:text-foreground max-md:h-9"
          >
            {say(row.op)}
            <ChevronDown aria-hidden className="size-3" />
          </MenuTrigger>
          <MenuContent>
            <MenuRadioGroup value={row.op} onValueChange={changeOp}>
              {field.ops.map((op) => (
                <MenuRadioItem key={op} value={op}>
                  {say(op)}
                </MenuRadioItem>
              ))}
            </MenuRadioGroup>
          </MenuContent>
        </Menu>
      )}
      <span className="ml-auto flex items-center gap-1 self-stretch">
        {whole ? <Count id={row.id} bar /> : <span className="text-xs text-warning">{w.pickValue}</span>}
        <button
          type="button"
          aria-label={w.removeRow(label)}
          onClick={() => edit((root) => remove(root, row.id))}
          className="flex size-7 items-center justify-center rounded-sm text-muted-foreground hover:bg-accent hover:text-foreground max-md:size-11"
        >
          <X aria-hidden className="size-4" />
        </button>
      </span>
    </div>
  );
}
