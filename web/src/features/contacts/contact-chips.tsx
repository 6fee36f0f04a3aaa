"use client";

import { BellRing, CakeSlice, FileUp, MapPin, MessageCircle, Tag as TagIcon } from "lucide-react";
import type { Tag } from "@/api/types";
import { FilterChip, TextChip } from "@/components/filter-chip";
import { tagOption } from "@/components/tag-picker";
import { Dot } from "@/components/ui/badge";
import { useT } from "@/lib/i18n";
import { AGE_BANDS, type Chips } from "./filter";

interface Props {
  chips: Chips;
  onChips: (chips: Chips) => void;
  tags: Tag[];
}

/** The same conditions over the list and in a campaign's audience. */
export function ContactChips({ chips, onChips, tags }: Props) {
  const t = useT();
  return (
    <>
      <FilterChip
        icon={TagIcon}
        label={t.contacts.tags}
        value={chips.tag}
        options={tags.map((tag) => tagOption(tag.name, tag.contacts))}
        onChange={(value) => onChips({ ...chips, tag: value })}
        multiple
      />
      <FilterChip
        icon={BellRing}
        label={t.contacts.consent}
        value={chips.suppressed}
        options={[
          { value: "no", label: t.contacts.mayReceive, mark: <Dot tone="success" className="size-2" /> },
          { value: "yes", label: t.contacts.refused, mark: <Dot tone="danger" className="size-2" /> },
        ]}
        onChange={(value) => onChips({ ...chips, suppressed: value })}
      />
      <TextChip
        icon={MapPin}
        label={t.contacts.region}
        placeholder={t.contacts.regionHint}
        value={chips.district[0] ?? ""}
        onChange={(value) => onChips({ ...chips, district: value ? [value] : [] })}
      />
      <FilterChip
        icon={MessageCircle}
        label={t.contacts.channel}
        value={chips.channel}
        options={["sms", "kakao", "email", "landline"].map((value) => ({
          value,
          label: t.contacts.channels[value] ?? value,
        }))}
        onChange={(value) => onChips({ ...chips, channel: value })}
        multiple
      />
      <FilterChip
        icon={CakeSlice}
        label={t.contacts.age}
        value={chips.ageBand}
        options={AGE_BANDS.map((value) => ({ value, label: t.contacts.ageBand(value) }))}
        onChange={(value) => onChips({ ...chips, ageBand: value })}
        multiple
        searchable={false}
      />
      {chips.import.length > 0 && (
        <FilterChip
          icon={FileUp}
          label={t.contacts.imported}
          value={chips.import}
          options={chips.import.map((value) => ({ value, label: t.contacts.importedOnly }))}
          onChange={(value) => onChips({ ...chips, import: value })}
        />
      )}
    </>
  );
}
