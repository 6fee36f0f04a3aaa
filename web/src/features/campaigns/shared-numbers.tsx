"use client";

import { Card } from "@/components/ui/card";
import { Field, Select } from "@/components/ui/field";
import { usePageWords } from "@/lib/page-words";
import ko from "@/messages/ko/content";
import type { SharedNumbers as Rule } from "./draft";

const english = () => import("@/messages/en/content");
const RULES: Rule[] = ["first", "newest", "nobody"];

/** A family's one handset: the household choice, where the check shows that there is one to make. */
export function SharedNumbers({ value, onChange }: { value: Rule; onChange: (rule: Rule) => void }) {
  const w = usePageWords(ko, english);
  return (
    <Card className="p-4">
      <Field label={w.shared} hint={w.sharedHint}>
        <Select value={value} onChange={({ target }) => onChange(target.value as Rule)}>
          {RULES.map((rule) => (
            <option key={rule} value={rule}>
              {w.sharedRules[rule]}
            </option>
          ))}
        </Select>
      </Field>
    </Card>
  );
}
