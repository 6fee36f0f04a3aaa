"use client";

import { CircleSlash, Copy, Ellipsis, PenLine, Send, Trash2, Users } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { ApiError } from "@/api/client";
import { PageHeader } from "@/components/shell/page-header";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/dialog";
import { Keys } from "@/components/ui/kbd";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/popover";
import { Empty, Failure, Skeleton, useErrorText } from "@/components/ui/states";
import { useTitle } from "@/lib/hooks";
import { useT } from "@/lib/i18n";
import { useShortcuts } from "@/lib/keys";
import { Link, useNavigate, useRecordId } from "@/lib/router";
import { toast } from "@/lib/toast";
import { startWith } from "../campaigns/draft";
import { useChangeSegment, useFields, useMakeSegment, useSegment, useSegments, useUses } from "./queries";
import { draftOf, useSegmentForm } from "./use-segment-form";
import { useWords } from "./words";

// The frame first: what it is called and where one is. The builder is most of the page's weight.
const BuilderBody = lazy(() => import("./builder-body").then((m) => ({ default: m.BuilderBody })));
const DropSegment = lazy(() => import("./drop-segment").then((m) => ({ default: m.DropSegment })));
const NameDialog = lazy(() => import("./name-dialog").then((m) => ({ default: m.NameDialog })));

type Asking = "save" | "saveAs" | "rename" | "drop" | "stale" | null;

function Waiting() {
  return (
    <div aria-hidden className="flex flex-1 flex-col gap-3 p-6">
      <Skeleton className="h-16 max-w-[800px] rounded-lg" />
      <Skeleton className="h-10 max-w-[740px] rounded-lg" />
      <Skeleton className="h-10 max-w-[740px] rounded-lg" />
    </div>
  );
}

export function BuilderPage() {
  const t = useT();
  const w = useWords();
  const { to, replace } = useNavigate();
  const errorText = useErrorText();
  const id = useRecordId() ?? "";
  const isNew = id === "new";
  const segment = useSegment(isNew || id === "" ? null : id);
  const segments = useSegments();
  const { fields, query } = useFields();
  const form = useSegmentForm(id, segment.data, fields);
  const uses = useUses(isNew || id === "" ? null : id);
  const make = useMakeSegment();
  const change = useChangeSegment();
  const [asking, setAsking] = useState<Asking>(null);
  const name = segment.data?.name ?? w.newTitle;
  useTitle(segment.data?.name ?? w.title);

  const nothing = form.body === null || Object.keys(form.body.filter).length === 0;
  const refuse = (error: unknown) => {
    if (error instanceof ApiError && error.code === "segment_changed") setAsking("stale");
    else toast(t.errors.notSaved(errorText(error)), { tone: "error" });
  };
  const makeIt = (called: string) => {
    if (!form.body) return;
    make.mutate(
      { name: called, ...form.body },
      {
        onSuccess: (made) => {
          setAsking(null);
          form.start(draftOf(made), made);
          toast(w.saved(made.name));
          replace(`/contacts/segments/${made.id}`);
        },
        // A name that is taken stays in the dialog, with the reason under it.
        onError: (error) => (asking === "stale" ? refuse(error) : undefined),
      },
    );
  };
  const save = (then?: () => void) => {
    if (nothing) {
      toast(w.needPeople, { tone: "error" });
      return;
    }
    if (isNew) setAsking("save");
    else if (form.body && form.dirty) {
      change.mutate(
        { id, ...form.body, version: form.version ?? undefined },
        {
          onSuccess: (changed) => {
            form.start(draftOf(changed), changed);
            toast(w.saved(changed.name));
            then?.();
          },
          onError: refuse,
        },
      );
    } else then?.();
  };
  const send = () =>
    save(() => {
      startWith({ segmentId: id }, null);
      to("/campaigns/new");
    });
  useShortcuts([{ combo: "mod+s", name: "save", group: "screen", typing: true, run: () => save() }]);

  if (segment.error instanceof ApiError && segment.error.status === 404) {
    return (
      <>
        <PageHeader title={w.title} trail={[{ href: "/contacts/segments", label: w.title }]} />
        <Empty
          icon={CircleSlash}
          title={w.goneTitle}
          actions={
            <Button asChild variant="primary">
              <Link href="/contacts/segments">{w.toList}</Link>
            </Button>
          }
        >
          {w.goneHint}
        </Empty>
      </>
    );
  }
  const failed = segment.error ?? query.error;
  const used = uses ? w.usedBy(uses.campaigns.length, uses.segments.length) : "";
  return (
    <>
      <PageHeader
        title={isNew ? w.newTitle : (segment.data?.name ?? <Skeleton className="h-5 w-40" />)}
        trail={[
          { href: "/contacts", label: t.contacts.title },
          { href: "/contacts/segments", label: w.title },
        ]}
        meta={form.dirty && !isNew && <span className="max-md:hidden">{w.editing}</span>}
        actions={
          <>
            {!isNew && (
              <>
                <Button variant="ghost" onClick={() => setAsking("saveAs")} className="max-md:hidden">
                  {w.saveAs}
                </Button>
                <Button onClick={send} className="max-md:h-11">
                  <Send aria-hidden />
                  <span className="max-md:sr-only">{t.contacts.message}</span>
                </Button>
                <Menu>
                  <MenuTrigger asChild>
                    <Button
                      variant="ghost"
                      size="icon"
                      aria-label={w.actions(name)}
                      className="max-md:size-11"
                    >
                      <Ellipsis aria-hidden />
                    </Button>
                  </MenuTrigger>
                  <MenuContent align="end">
                    <MenuItem onSelect={() => to(`/contacts?segment=${id}`)}>
                      <Users aria-hidden />
                      {w.see}
                    </MenuItem>
                    <MenuItem onSelect={() => setAsking("rename")}>
                      <PenLine aria-hidden />
                      {w.rename}
                    </MenuItem>
                    <MenuItem onSelect={() => setAsking("saveAs")}>
                      <Copy aria-hidden />
                      {w.saveAs}
                    </MenuItem>
                    <MenuSeparator />
                    <MenuItem danger onSelect={() => setAsking("drop")}>
                      <Trash2 aria-hidden />
                      {t.common.delete}
                    </MenuItem>
                  </MenuContent>
                </Menu>
              </>
            )}
            <Button
              variant="primary"
              busy={make.isPending || change.isPending}
              disabled={!isNew && !form.dirty}
              onClick={() => save()}
              className="max-md:h-11"
            >
              {t.common.save}
            </Button>
          </>
        }
      />
      {failed ? (
        <Failure
          title={w.loadFailed}
          error={failed}
          onRetry={() => {
            void segment.refetch();
            void query.refetch();
          }}
        />
      ) : form.draft && form.body && fields.size > 0 ? (
        <Suspense fallback={<Waiting />}>
          <BuilderBody
            id={id}
            draft={form.draft}
            body={form.body}
            fields={fields}
            segments={segments.data ?? []}
            onDraft={form.edit}
            dirty={form.dirty}
          />
        </Suspense>
      ) : (
        <Waiting />
      )}
      <footer className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-5 gap-y-1 border-t px-5 text-xs text-muted-foreground max-md:px-3 max-md:py-2">
        {!isNew && (
          <span
            title={[...(uses?.campaigns ?? []), ...(uses?.segments ?? [])].map((one) => one.name).join(", ")}
          >
            {used || w.unused}
          </span>
        )}
        <span>{w.foot}</span>
        <span className="ml-auto flex items-center gap-3 max-md:hidden">
          <span className="flex items-center gap-1.5">
            <Keys combo="a" /> {w.condition}
          </span>
          <span className="flex items-center gap-1.5">
            <Keys combo="g" /> {w.group}
          </span>
          <span className="flex items-center gap-1.5">
            <Keys combo="mod+s" /> {t.common.save}
          </span>
        </span>
      </footer>
      <Suspense>
        {(asking === "save" || asking === "saveAs") && (
          <NameDialog
            title={asking === "save" ? w.newTitle : w.saveAsTitle}
            name={asking === "save" ? "" : w.copyOf(name)}
            busy={make.isPending}
            error={make.isError ? errorText(make.error) : undefined}
            onName={makeIt}
            onClose={() => {
              make.reset();
              setAsking(null);
            }}
          />
        )}
        {asking === "rename" && (
          <NameDialog
            title={w.rename}
            name={name}
            busy={change.isPending}
            error={change.isError ? errorText(change.error) : undefined}
            onName={(called) => change.mutate({ id, name: called }, { onSuccess: () => setAsking(null) })}
            onClose={() => {
              change.reset();
              setAsking(null);
            }}
          />
        )}
        {asking === "drop" && segment.data && (
          <DropSegment
            segment={segment.data}
            onClose={() => setAsking(null)}
            onDropped={() => replace("/contacts/segments")}
          />
        )}
      </Suspense>
      {asking === "stale" && (
        <Confirm
          open
          onOpenChange={(open) => !open && setAsking(null)}
          title={w.staleTitle}
          action={w.saveAs}
          onConfirm={() => setAsking("saveAs")}
        >
          <p className="mb-3">{w.staleText}</p>
          <Button
            onClick={() => {
              setAsking(null);
              void segment.refetch().then(({ data }) => data && form.start(draftOf(data), data));
            }}
          >
            {w.staleTheirs}
          </Button>
        </Confirm>
      )}
    </>
  );
}
