"use client";

import { History, Plus, Upload, Users } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Contact } from "@/api/types";
import { PageHeader } from "@/components/shell/page-header";
import { TagPicker } from "@/components/tag-picker";
import { Button } from "@/components/ui/button";
import { Popover, PopoverAnchor, PopoverContent } from "@/components/ui/popover";
import { Empty, Failure, NoMatch } from "@/components/ui/states";
import { VirtualTable } from "@/components/virtual-table";
import { useAfterPaint, useDebounced, useMedia, useNow, useTitle } from "@/lib/hooks";
import { useFormat, useT } from "@/lib/i18n";
import { Link, useNavigate, useSearch } from "@/lib/router";
import { cn } from "@/lib/utils";
import type { startWith } from "../campaigns/draft";
import { DuplicatesLink } from "../duplicates/link";
import { ContactRow } from "./contact-row";
import { ContactToolbar } from "./contact-toolbar";
import { anySet, chipsFrom, chipsTo, type Filter, joined, NO_CHIPS, toFilter } from "./filter";
import { type Sort, useContacts, useTagChange, useTags } from "./queries";
import { ListSkeleton } from "./skeletons";
import { GRID, useColumns } from "./use-columns";
import { useListKeys } from "./use-list-keys";
import { useSelection } from "./use-selection";
import { useWhole } from "./use-whole";

// Rows first: what opens later is fetched when it opens.
const AddContact = lazy(() => import("./add-contact").then((m) => ({ default: m.AddContact })));
const SelectionBar = lazy(() => import("./selection-bar").then((m) => ({ default: m.SelectionBar })));
const ToolbarMore = lazy(() => import("./toolbar-more").then((m) => ({ default: m.ToolbarMore })));
const LastContacts = lazy(() => import("./last-contacts").then((m) => ({ default: m.LastContacts })));
const BulkHistory = lazy(() => import("./bulk-history").then((m) => ({ default: m.BulkHistory })));
const BulkProgress = lazy(() => import("./bulk-progress").then((m) => ({ default: m.BulkProgress })));
const ContactDrawer = lazy(() => import("./contact-drawer").then((m) => ({ default: m.ContactDrawer })));

const NO_PAGES: never[] = [];
const NOT_KNOWN: ReadonlyMap<string, null> = new Map();

export function ContactsPage() {
  const t = useT();
  const f = useFormat();
  const now = useNow(60);
  const narrow = useMedia("(max-width: 767px)");
  const { to } = useNavigate();
  const [search, setSearch] = useSearch();
  const [typed, setTyped] = useState("");
  const [composing, setComposing] = useState(false);
  // Half a syllable is worth asking for too (the server knows 김ㅊ), but not on every stroke of one.
  const q = useDebounced(typed.trim(), composing ? 400 : 180);
  const chips = useMemo(() => chipsFrom(search), [search]);
  const wanted = search.get("sort") as Sort | null;
  const sort: Sort = wanted && q === "" && wanted in t.contacts.sorts ? wanted : "-createdAt";
  const segmentId = search.get("segment");
  // What no chip can say; in memory only, for it may hold names and numbers.
  const [extra, setExtra] = useState<Filter>({});
  const filter = useMemo(() => joined([toFilter(chips), extra]), [chips, extra]);
  const said = JSON.stringify(filter); // the same conditions are another object after every change of the address
  const list = useContacts({ q, filter, sort, ...(segmentId && { segmentId }) });
  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const [last, setLast] = useState<ReadonlyMap<string, string | null>>(NOT_KNOWN);
  const [size, setSize] = useState<number | null>(null);
  const filtered = q !== "" || anySet(chips) || segmentId !== null || Object.keys(extra).length > 0;
  const capped = list.data?.pages[0]?.total ?? null;
  const counting = !filtered && capped?.relation === "gte";
  const total = counting && size !== null ? { value: size, relation: "eq" as const } : capped;
  const open = search.get("open");
  const [adding, setAdding] = useState(false);
  const [active, setActive] = useState(-1);
  const [tagging, setTagging] = useState<{ contact: Contact; anchor: HTMLElement } | null>(null);
  const box = useRef<HTMLInputElement>(null);
  const tags = useTags();
  const changeTags = useTagChange();
  const selection = useSelection(rows, total?.value ?? rows.length, useWhole(filter, q, segmentId));
  const settled = useAfterPaint();
  useTitle(t.contacts.title);

  // biome-ignore lint/correctness/useExhaustiveDependencies: other people match now; a choice among the old ones is void
  useEffect(() => {
    selection.clear();
    setActive(-1);
  }, [q, said, segmentId]);

  const openRow = useCallback((contact: Contact) => setSearch({ open: contact.id }), [setSearch]);
  const tagRow = useCallback((contact: Contact, anchor: HTMLElement) => setTagging({ contact, anchor }), []);
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = list;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage]);

  const row = rows[active];
  useListKeys({
    rows,
    active,
    setActive,
    open: open !== null,
    openRow,
    close: () => setSearch({ open: null }),
    tagRow,
    selection,
    box,
  });

  const clearAll = () => {
    setTyped("");
    setExtra({});
    setSearch({ ...chipsTo(NO_CHIPS), segment: null });
  };
  const totalText = total ? `${f.num(total.value)}${total.relation === "gte" ? "+" : ""}` : "";
  const message = (start: typeof startWith) => {
    const value = selection.value();
    if (!("q" in value)) start(value, selection.count);
    else if (!hasNextPage) start({ ids: rows.map((r) => r.id).filter(selection.has) }, selection.count);
    // A campaign's audience is read again when it goes out, and what was typed is not kept for that.
    else return false;
    to("/campaigns/new");
    return true;
  };
  const columns = useColumns(selection);

  return (
    <>
      <PageHeader
        title={t.contacts.title}
        meta={!filtered && totalText && t.contacts.count(totalText)}
        actions={
          <>
            <DuplicatesLink />
            <Button
              variant="ghost"
              size="icon"
              aria-label={t.contacts.history}
              onClick={() => setSearch({ edits: "1" })}
              className="max-md:hidden"
            >
              <History aria-hidden />
            </Button>
            <Button asChild className="max-md:h-11">
              <Link href="/contacts/imports?new=1">
                <Upload aria-hidden />
                <span className="max-md:sr-only">{t.contacts.import}</span>
              </Link>
            </Button>
            <Button variant="primary" onClick={() => setAdding(true)} className="max-md:h-11">
              <Plus aria-hidden />
              <span className="max-md:sr-only">{t.contacts.add}</span>
            </Button>
          </>
        }
      />
      <ContactToolbar
        inputRef={box}
        typed={typed}
        onTyped={setTyped}
        onComposing={setComposing}
        onLeave={() => {
          box.current?.blur();
          setActive(0);
        }}
        chips={chips}
        onChips={(next) => setSearch(chipsTo(next))}
        sort={sort}
        onSort={(next) => setSearch({ sort: next })}
        onClear={clearAll}
        filtered={filtered}
        sortable={q === ""}
        count={filtered ? t.contacts.count(totalText) : ""}
        tags={tags.data ?? []}
      >
        {settled && (
          <Suspense>
            <ToolbarMore
              segmentId={segmentId}
              onSegment={(id) => setSearch({ segment: id })}
              extra={extra}
              onExtra={setExtra}
              chips={toFilter(chips)}
            />
          </Suspense>
        )}
      </ContactToolbar>
      {settled && (
        <Suspense>
          <LastContacts
            pages={list.data?.pages ?? NO_PAGES}
            onLast={setLast}
            counting={counting}
            onSize={setSize}
          />
          <BulkProgress onOpen={() => setSearch({ edits: "1" })} />
        </Suspense>
      )}
      {list.isError && rows.length > 0 && (
        <p
          role="alert"
          className="flex items-center gap-2 border-b bg-warning-soft px-5 py-1.5 text-xs max-md:px-3"
        >
          {t.contacts.loadFailed}
          <Button variant="link" size="sm" onClick={() => void list.refetch()}>
            {t.common.retry}
          </Button>
        </p>
      )}
      {list.isPending ? (
        <ListSkeleton />
      ) : list.isError && rows.length === 0 ? (
        <Failure title={t.contacts.loadFailed} error={list.error} onRetry={() => void list.refetch()} />
      ) : rows.length === 0 && filtered ? (
        <NoMatch onClear={clearAll} hint={q ? t.contacts.chosungHint : undefined} />
      ) : rows.length === 0 ? (
        <Empty
          icon={Users}
          title={t.contacts.emptyTitle}
          actions={
            <>
              <Button asChild variant="primary">
                <Link href="/contacts/imports?new=1">
                  <Upload aria-hidden />
                  {t.contacts.import}
                </Link>
              </Button>
              <Button onClick={() => setAdding(true)}>{t.contacts.add}</Button>
            </>
          }
        >
          {t.contacts.emptyHint}
        </Empty>
      ) : (
        <VirtualTable
          label={t.contacts.title}
          columns={columns}
          grid={GRID}
          rows={rows}
          rowKey={(one) => one.id}
          total={total?.relation === "eq" ? total.value : -1}
          rowHeight={narrow ? 60 : 38}
          active={active}
          spoken={row && `${row.name || t.contacts.noName} ${f.num(active + 1)}/${totalText}`}
          stale={list.isPlaceholderData}
          onNearEnd={more}
          onRowClick={openRow}
          rowClass={(one, index) =>
            cn(
              selection.has(one.id) && "bg-brand-soft/45 hover:bg-brand-soft/70",
              (index === active || one.id === open) &&
                "bg-accent shadow-[inset_2px_0_0_var(--brand)] hover:bg-accent",
            )
          }
          renderRow={(one, index) => (
            <>
              <span data-row={index} className="absolute top-full left-1/2" />
              <ContactRow
                contact={one}
                checked={selection.has(one.id)}
                onCheck={selection.toggle}
                onTags={tagRow}
                last={last.get(one.id)}
                now={now}
              />
            </>
          )}
        />
      )}
      {selection.count > 0 && (
        <Suspense>
          <SelectionBar
            selection={selection}
            people={`${f.num(selection.count)}${selection.isFilter && total?.relation === "gte" ? "+" : ""}`}
            all={totalText}
            rows={rows}
            tags={tags.data ?? []}
            onTag={(tag, remove) =>
              changeTags({ selection: selection.value(), count: selection.count, tag, remove })
            }
            onMessage={message}
          />
        </Suspense>
      )}
      {tagging && (
        <Popover open onOpenChange={(next) => !next && setTagging(null)}>
          <PopoverAnchor virtualRef={{ current: tagging.anchor }} />
          <PopoverContent aria-label={t.contacts.tags} className="w-56 overflow-hidden">
            <TagPicker
              tags={tags.data ?? []}
              value={rows.find((one) => one.id === tagging.contact.id)?.tags ?? []}
              onToggle={(tag) =>
                changeTags({
                  selection: { ids: [tagging.contact.id] },
                  count: 1,
                  tag,
                  remove: rows.find((one) => one.id === tagging.contact.id)?.tags.includes(tag),
                })
              }
            />
          </PopoverContent>
        </Popover>
      )}
      <Suspense>
        {open && (
          <ContactDrawer
            id={open}
            onClose={() => setSearch({ open: null })}
            onStep={(by) => {
              const at = rows.findIndex((one) => one.id === open);
              const next = rows[at + by];
              if (next) {
                setActive(at + by);
                openRow(next);
              }
            }}
          />
        )}
        {search.get("edits") && <BulkHistory onClose={() => setSearch({ edits: null })} />}
        {adding && <AddContact onClose={() => setAdding(false)} tags={tags.data ?? []} />}
      </Suspense>
    </>
  );
}
