import { variablesOf } from "@/lib/variables";
import type { Draft, DraftLink, DraftVariant } from "./draft";

const VARIABLE = "링크";
/** Name tags of texts, in their order. */
const TAGS = [..."가나다라마바사아자차카타파하"];
export const MAX_VARIANTS = 5;

/** The first tag that no text has had. */
export function freeTag(taken: string[]): string {
  return TAGS.find((tag) => !taken.includes(tag)) ?? `${taken.length + 1}`;
}

/** Keys of the links that a draft's texts name, by the grammar of `domain/links.py`. */
export function linkKeys(draft: Draft): string[] {
  const texts = [draft, ...draft.next]
    .map((step) => step.body)
    .concat((draft.variants ?? []).flatMap((v) => [v.body, ...(v.next ?? [])]));
  const keys = texts
    .flatMap(variablesOf)
    .flatMap((name) => (isLink(name) ? [name.slice(VARIABLE.length + 1).trim()] : []));
  return [...new Set(keys)];
}

export const isLink = (name: string) => name === VARIABLE || name.startsWith(`${VARIABLE}:`);

export const chipOf = (key: string) => (key ? `#{${VARIABLE}:${key}}` : `#{${VARIABLE}}`);

export function withUrl(links: DraftLink[], key: string, url: string): DraftLink[] {
  const others = links.filter((one) => one.key !== key);
  return [...others, { key, url }];
}

/** Equal shares in whole percent; the first has what is left over. */
export function evenly(variants: DraftVariant[]): DraftVariant[] {
  const each = Math.floor(100 / Math.max(1, variants.length));
  return variants.map((one, at) => ({ ...one, share: at === 0 ? 100 - each * (variants.length - 1) : each }));
}

export function withText(variants: DraftVariant[]): DraftVariant[] {
  if (variants.length >= MAX_VARIANTS) return variants;
  const key = freeTag(variants.map((one) => one.key));
  return evenly([...variants, { key, name: "", share: 0, body: "" }]);
}

/** One text alone is no comparison: without a second none is left. */
export function withoutText(variants: DraftVariant[], key: string): DraftVariant[] {
  const left = variants.filter((one) => one.key !== key);
  return left.length < 2 ? [] : evenly(left);
}
