import { Skeleton } from "@/components/ui/states";

const WIDTHS = ["w-16", "w-14", "w-20", "w-14", "w-16", "w-24"];

/** Rows of the height they will have: nothing jumps when people arrive. */
export function ListSkeleton({ rows = 14 }: { rows?: number }) {
  return (
    <div aria-hidden className="min-h-0 flex-1 animate-shimmer overflow-hidden pt-8 max-md:pt-0">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <div key={index} className="flex h-[38px] items-center gap-4 border-b px-5 max-md:h-[60px]">
          <Skeleton still className="size-3.5 max-md:hidden" />
          <Skeleton still className="size-[22px] rounded-full" />
          <Skeleton still className={`h-3.5 ${WIDTHS[index % WIDTHS.length]}`} />
          <Skeleton still className="ml-8 h-3.5 w-24 max-md:ml-auto" />
          <Skeleton still className="ml-6 h-3.5 w-24 max-md:hidden" />
          <Skeleton still className="ml-auto h-3.5 w-14 max-md:hidden" />
        </div>
      ))}
    </div>
  );
}
