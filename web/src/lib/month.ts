/** The server's own form of a month; anything else is somebody who is still typing. */
const MONTH = /^20\d\d-(0[1-9]|1[0-2])$/;

export function isMonth(text: string | null): text is string {
  return text !== null && MONTH.test(text);
}
