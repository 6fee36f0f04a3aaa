"use client";

import { useT } from "@/lib/i18n";
import { cn, hueIndex } from "@/lib/utils";
import { type FilterOption, OptionList } from "./filter-chip";

export function tagOption(name: string, count?: number): FilterOption {
  return {
    value: name,
    label: name,
    hint: count === undefined ? undefined : count.toLocaleString("ko-KR"),
    mark: <i className={cn("hue-dot size-2 shrink-0 rounded-full", `hue-${hueIndex(name)}`)} />,
  };
}

interface Props {
  tags: { name: string; contacts?: number }[];
  value: string[];
  onToggle: (name: string) => void;
}

/** Find a tag, or make one by typing a name that is not there yet. */
export function TagPicker({ tags, value, onToggle }: Props) {
  const t = useT();
  const names = new Set(tags.map((tag) => tag.name));
  const options = [
    ...tags.map((tag) => tagOption(tag.name, tag.contacts)),
    ...value.filter((name) => !names.has(name)).map((name) => tagOption(name)),
  ];
  return (
    <OptionList
      label={t.contacts.tags}
      placeholder={t.contacts.tagFind}
      options={options}
      value={value}
      onChoose={onToggle}
      onCreate={onToggle}
      createLabel={t.contacts.tagMake}
      searchable
    />
  );
}
