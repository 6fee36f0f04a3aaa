import type ko from "./ko";

/** The shape of the Korean catalogue with its words taken out: another language must have the same keys and arguments. */
type Shape<T> = T extends string
  ? string
  : T extends (...args: infer A) => string
    ? (...args: A) => string
    : T extends readonly string[]
      ? readonly string[]
      : { [K in keyof T]: Shape<T[K]> };

export type Messages = Shape<typeof ko>;
