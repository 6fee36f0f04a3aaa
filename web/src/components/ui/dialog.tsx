"use client";

import { X } from "lucide-react";
import { Dialog as Primitive } from "radix-ui";
import { type ComponentProps, type ReactNode, useState } from "react";
import { useT } from "@/lib/i18n";
import { cn } from "@/lib/utils";
import { Button } from "./button";

export const Dialog = Primitive.Root;
export const DialogTrigger = Primitive.Trigger;
export const DialogClose = Primitive.Close;

/**
 * Back to where one was. Radix does that for dialogs with a trigger; ours mostly open by a state (a row, a key press), and
 * without this the focus would fall to the top of the page.
 */
export function useReturnFocus() {
  // The first drawing of what opens is the last moment before a field inside may take the focus by itself.
  const [before] = useState(() => document.activeElement);
  return {
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      // Radix says this a timer later. A dialog opened in between already has the focus, and its trap doesn't get it back
      // once it is outside: the next Enter would go nowhere.
      if (document.activeElement?.closest("[data-modal]")) return;
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    },
  };
}

/** Mounted when the dialog opens, as everything in a portal is. */
function Content(props: ComponentProps<typeof Primitive.Content>) {
  return <Primitive.Content {...useReturnFocus()} {...props} />;
}

function Overlay() {
  return (
    <Primitive.Overlay className="fixed inset-0 z-40 animate-fade bg-black/30 backdrop-blur-[1.5px] dark:bg-black/55" />
  );
}

interface ContentProps extends Omit<ComponentProps<typeof Primitive.Content>, "title"> {
  title: ReactNode;
  description?: ReactNode;
  footer?: ReactNode;
  /** The heading is read out but not drawn. */
  hideTitle?: boolean;
}

/** Centred; on a phone it comes up from the bottom edge, where the thumb is. Only the body scrolls. */
export function DialogContent({
  title,
  description,
  footer,
  hideTitle,
  className,
  children,
  ...props
}: ContentProps) {
  const t = useT();
  return (
    <Primitive.Portal>
      <Overlay />
      <Content
        data-modal
        {...(description ? {} : { "aria-describedby": undefined })}
        className={cn(
          "fixed z-50 flex max-h-[calc(100dvh-48px)] flex-col rounded-xl bg-popover shadow-pop outline-none",
          "max-md:inset-x-0 max-md:bottom-0 max-md:animate-rise max-md:rounded-b-none max-md:pb-[env(safe-area-inset-bottom)]",
          "md:top-1/2 md:left-1/2 md:w-[min(480px,calc(100vw-32px))] md:-translate-x-1/2 md:-translate-y-1/2 md:animate-fade",
          className,
        )}
        {...props}
      >
        <header className={cn("flex items-start gap-3 px-5 pt-4 pb-3", hideTitle && "sr-only")}>
          <div className="min-w-0 flex-1">
            <Primitive.Title className="text-lg font-semibold">{title}</Primitive.Title>
            {description && (
              <Primitive.Description className="mt-1 text-sm text-muted-foreground">
                {description}
              </Primitive.Description>
            )}
          </div>
          <Primitive.Close asChild>
            <Button variant="ghost" size="icon-sm" aria-label={t.common.close} className="-mt-0.5 -mr-2">
              <X />
            </Button>
          </Primitive.Close>
        </header>
        <div className="thin-scroll min-h-0 flex-1 overflow-y-auto px-5 pb-4">{children}</div>
        {footer && <footer className="flex flex-wrap justify-end gap-2 border-t px-5 py-3">{footer}</footer>}
      </Content>
    </Primitive.Portal>
  );
}

interface SheetProps extends Omit<ComponentProps<typeof Primitive.Content>, "title"> {
  title: ReactNode;
  header?: ReactNode;
  /** The page behind stays usable: the list beside the drawer. */
  modal?: boolean;
}

/** From the right edge; the whole screen on a phone. */
export function SheetContent({ title, header, modal = true, className, children, ...props }: SheetProps) {
  const t = useT();
  return (
    <Primitive.Portal>
      {modal && <Overlay />}
      <Content
        {...(modal ? { "data-modal": true } : {})}
        aria-describedby={undefined}
        onInteractOutside={(event) => modal || event.preventDefault()}
        className={cn(
          "fixed inset-y-2 right-2 z-40 flex w-[min(480px,calc(100vw-16px))] animate-slide flex-col overflow-hidden rounded-xl bg-card shadow-pop outline-none",
          "max-md:inset-0 max-md:w-full max-md:rounded-none",
          className,
        )}
        {...props}
      >
        <header className="flex h-12 shrink-0 items-center gap-2 border-b pr-3 pl-5 max-md:h-14">
          <Primitive.Title className="sr-only">{title}</Primitive.Title>
          <div className="flex min-w-0 flex-1 items-center gap-2">
            {header ?? <span className="font-semibold">{title}</span>}
          </div>
          <Primitive.Close asChild>
            <Button variant="ghost" size="icon-sm" aria-label={t.common.close} className="max-md:size-11">
              <X />
            </Button>
          </Primitive.Close>
        </header>
        <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">{children}</div>
      </Content>
    </Primitive.Portal>
  );
}

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** The consequence, in numbers. */
  children: ReactNode;
  action: string;
  onConfirm: () => void;
  danger?: boolean;
  busy?: boolean;
  cancelLabel?: string;
}

/** The foot of a dialog with a form of its own: leave, or hand it in. `form`: its id. */
export function FormFoot({ form, busy, children }: { form: string; busy: boolean; children: ReactNode }) {
  const t = useT();
  return (
    <>
      <DialogClose asChild>
        <Button className="max-md:h-12 max-md:flex-1">{t.common.cancel}</Button>
      </DialogClose>
      <Button type="submit" form={form} variant="primary" busy={busy} className="max-md:h-12 max-md:flex-1">
        {children}
      </Button>
    </>
  );
}

export function Confirm({
  open,
  onOpenChange,
  title,
  children,
  action,
  onConfirm,
  danger,
  busy,
  cancelLabel,
}: ConfirmProps) {
  const t = useT();
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent
        title={title}
        footer={
          <>
            <DialogClose asChild>
              <Button className="max-md:h-12 max-md:flex-1">{cancelLabel ?? t.common.close}</Button>
            </DialogClose>
            <Button
              variant={danger ? "danger" : "primary"}
              busy={busy}
              onClick={onConfirm}
              className="max-md:h-12 max-md:flex-1"
            >
              {action}
            </Button>
          </>
        }
      >
        <div className="text-sm text-muted-foreground">{children}</div>
      </DialogContent>
    </Dialog>
  );
}
