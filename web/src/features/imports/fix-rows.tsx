"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Upload } from "lucide-react";
import { useState } from "react";
import { http, upload } from "@/api/client";
import type { Import, ImportStart, RejectedRow, Uploaded } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/field";
import { Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useFormat, useT } from "@/lib/i18n";
import { useNavigate } from "@/lib/router";
import { toast } from "@/lib/toast";
import { cn } from "@/lib/utils";
import { useMe } from "../session/queries";
import { atLeast } from "../session/roles";
import { csvOf, nameOf } from "./again";

const AT_ONCE = 50;

/** Uploads the mended rows and starts them under the conditions of the list they belong to. */
function useSendAgain(one: Import) {
  const t = useT();
  const { to } = useNavigate();
  const client = useQueryClient();
  const errorText = useErrorText();
  return useMutation({
    mutationFn: async (rows: string[][]) => {
      const form = new FormData();
      const name = nameOf(one.fileName, t.imports.fixedRows);
      form.append("file", new File([csvOf(one.columns, rows)], name, { type: "text/csv" }));
      const made = await upload<Uploaded>("/api/imports", form, () => undefined);
      const path = { import_id: made.id };
      // A few rows are little to tell a header by: its names are known here.
      const same = made.columns.map((column) => column.name).join("\n") === one.columns.join("\n");
      if (!same) await http.patch("/api/imports/{import_id}", { headerRow: 1 }, { path });
      const how: ImportStart = {
        mapping: one.mapping,
        policy: (one.policy as ImportStart["policy"]) ?? "merge",
        askNameless: one.askNameless,
        tags: one.tags,
        basis: one.basis ?? "",
        source: one.source ?? "",
        purposes: one.purposes,
        obtainedOn: one.obtainedOn,
      };
      await http.post("/api/imports/{import_id}/start", how, { path });
      return made.id;
    },
    onSuccess: (id) => {
      void client.invalidateQueries({ queryKey: ["imports"] });
      to(`/contacts/imports/${id}`);
    },
    onError: (error) => toast(errorText(error), { tone: "error" }),
  });
}

function Row({
  row,
  columns,
  cells,
  onChange,
}: {
  row: RejectedRow;
  columns: { name: string; at: number }[];
  cells: string[];
  onChange: (at: number, value: string) => void;
}) {
  const t = useT();
  const f = useFormat();
  return (
    <tr>
      <th
        scope="row"
        className="border-b px-3 py-2 text-left align-top text-xs font-normal whitespace-nowrap"
      >
        <span className="text-muted-foreground">{t.imports.rowNo(f.num(row.row))}</span>
        <span className="mt-0.5 block w-56 whitespace-normal text-destructive max-md:w-40">
          {row.problem}
        </span>
      </th>
      {columns.map(({ name, at }) => (
        <td key={name} className="border-b px-1.5 py-2 align-top">
          <Input
            aria-label={t.imports.cellOf(f.num(row.row), name)}
            autoComplete="off"
            value={cells[at] ?? ""}
            onChange={(event) => onChange(at, event.target.value)}
            className={cn(
              "h-8 min-w-36 max-md:h-11",
              row.columns.includes(name) && cells[at] === row.cells[at] && "border-destructive",
            )}
          />
        </td>
      ))}
    </tr>
  );
}

/** Refused rows, to be mended where they are read. Only those that were changed are sent. */
export function FixRows({ one }: { one: Import }) {
  const t = useT();
  const f = useFormat();
  const role = useMe().data?.role;
  const [open, setOpen] = useState(false);
  const [edits, setEdits] = useState<Record<number, string[]>>({});
  const rows = useQuery({
    queryKey: ["import", one.id, "rejected"],
    queryFn: ({ signal }) =>
      http.get("/api/imports/{import_id}/rejected", {
        path: { import_id: one.id },
        query: { limit: AT_ONCE },
        signal,
      }),
    enabled: open,
    staleTime: Number.POSITIVE_INFINITY, // read once: what is being typed must not move
    gcTime: 0,
  });
  const send = useSendAgain(one);
  if (one.state !== "completed" || one.rejected === 0 || !atLeast(role ?? undefined, "admin")) return null;
  const columns = one.columns
    .map((name, at) => ({ name, at }))
    .filter(({ name }) => one.mapping?.[name] !== "ignore");
  const changed = (rows.data ?? []).flatMap((row) => {
    const cells = edits[row.row];
    return cells?.some((cell, at) => cell !== row.cells[at]) ? [cells] : [];
  });
  return (
    <section aria-label={t.imports.fixTitle} className="mt-4 rounded-lg border bg-card shadow-card">
      <header className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-1.5">
        <h3 className="font-semibold">{t.imports.fixTitle}</h3>
        <span className="text-xs text-muted-foreground">{t.imports.fixHint}</span>
        <span className="ml-auto" />
        {open ? (
          <Button
            variant="primary"
            size="sm"
            className="max-md:h-11"
            disabled={changed.length === 0}
            busy={send.isPending}
            onClick={() => send.mutate(changed)}
          >
            <Upload aria-hidden />
            {t.imports.sendAgain(f.num(changed.length))}
          </Button>
        ) : (
          <Button size="sm" className="max-md:h-11" onClick={() => setOpen(true)}>
            <Pencil aria-hidden />
            {t.imports.fixOpen}
          </Button>
        )}
      </header>
      {open &&
        (rows.isError ? (
          <Failure compact error={rows.error} onRetry={() => void rows.refetch()} className="border-t" />
        ) : rows.data ? (
          <div className="thin-scroll overflow-x-auto border-t">
            <table className="w-full border-separate border-spacing-0 text-sm">
              <thead>
                <tr className="text-xs text-muted-foreground">
                  <th scope="col" className="border-b px-3 py-2 text-left font-normal">
                    {t.imports.row}
                  </th>
                  {columns.map(({ name }) => (
                    <th key={name} scope="col" className="border-b px-1.5 py-2 text-left font-normal">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.data.map((row) => (
                  <Row
                    key={row.row}
                    row={row}
                    columns={columns}
                    cells={edits[row.row] ?? row.cells}
                    onChange={(at, value) =>
                      setEdits((before) => ({
                        ...before,
                        [row.row]: (before[row.row] ?? row.cells).with(at, value),
                      }))
                    }
                  />
                ))}
              </tbody>
            </table>
            {one.rejected > rows.data.length && (
              <p className="px-4 py-2 text-xs text-muted-foreground">
                {t.imports.fixMore(f.num(one.rejected - rows.data.length))}
              </p>
            )}
          </div>
        ) : (
          <Skeleton className="m-4 h-24" />
        ))}
    </section>
  );
}
