/** What people paste is a whole address, often in Hangul; what counts is the host, as a browser would call it. */
export function hostOf(line: string): string {
  const text = line.trim();
  try {
    return new URL(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`).hostname || text;
  } catch {
    return text; // the server says what is wrong with it
  }
}

export function hostsOf(text: string): string[] {
  return [
    ...new Set(
      text
        .split(/[\n,;]+/)
        .filter((line) => line.trim() !== "")
        .map(hostOf),
    ),
  ];
}

/** The fields a refusal names (`hosts[2]`), with the lines they are about. */
export function faultyHosts(
  fields: Record<string, string>,
  hosts: string[],
): { line: string; why: string }[] {
  return Object.entries(fields).flatMap(([field, why]) => {
    const at = /^hosts\[(\d+)\]$/.exec(field)?.[1];
    const line = at === undefined ? undefined : hosts[Number(at)];
    return line === undefined ? [] : [{ line, why }];
  });
}
