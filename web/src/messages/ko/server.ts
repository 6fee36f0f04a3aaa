/** Short texts that the server says: in Korean they are used as they come. */
export const server = {
  permission: (_key: string, label: string) => label,
  refusal: (_code: string, said: string) => said,
  quotaNotice: (_percent: number, message: string) => message,
  blocker: (_code: string, message: string) => message,
};
