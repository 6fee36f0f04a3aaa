/**
 * The one way to the server: JSON in and out, problem documents as `ApiError`, the CSRF token on unsafe methods.
 * Cookies carry the session; nothing secret is kept in storage.
 */

export interface ProblemDocument {
  code?: string;
  title?: string;
  detail?: string;
  errors?: { field?: string; loc?: (string | number)[]; message?: string; msg?: string }[];
  [key: string]: unknown;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly problem: ProblemDocument,
  ) {
    super(problem.title ?? code);
    this.name = "ApiError";
  }

  /** Messages by field, for forms. */
  get fields(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const e of this.problem.errors ?? []) {
      const field = e.field ?? e.loc?.filter((part) => part !== "body").join(".");
      const message = e.message ?? e.msg;
      if (field && message) found[field] = message;
    }
    return found;
  }
}

/** The server could not be reached at all. */
export class OfflineError extends Error {
  constructor() {
    super("offline");
    this.name = "OfflineError";
  }
}

let csrfToken: string | null = null;

export function rememberCsrf(token: string | null | undefined): void {
  if (token) csrfToken = token;
}

type Query = Record<string, string | number | boolean | null | undefined>;

interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  /** For what sends, spends or creates: the first answer is replayed when the same key comes again. */
  idempotencyKey?: string;
}

export function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

async function csrf(): Promise<string | null> {
  if (csrfToken) return csrfToken;
  const answer = await fetch("/api/me").catch(() => null);
  if (answer?.ok) rememberCsrf(((await answer.json()) as { csrfToken?: string }).csrfToken);
  return csrfToken;
}

export async function problemOf(status: number, text: string): Promise<ApiError> {
  let problem: ProblemDocument = {};
  try {
    problem = JSON.parse(text) as ProblemDocument;
  } catch {
    // A proxy's HTML page, or nothing: the status says enough.
  }
  return new ApiError(status, problem.code ?? `http_${status}`, problem);
}

async function call<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const safe = method === "GET";
  if (!safe) {
    const token = await csrf();
    if (token) headers["X-CSRF-Token"] = token;
  }
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
  let body: BodyInit | undefined;
  if (options.body instanceof FormData) body = options.body;
  else if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(options.body);
  }
  let answer: Response;
  try {
    answer = await fetch(withQuery(path, options.query), { method, headers, body, signal: options.signal });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new OfflineError();
  }
  const text = await answer.text();
  if (!answer.ok) {
    const problem = await problemOf(answer.status, text);
    if (problem.code.startsWith("csrf")) csrfToken = null;
    throw problem;
  }
  return (text ? JSON.parse(text) : undefined) as T;
}

export const http = {
  get: <T>(path: string, options?: Options) => call<T>("GET", path, options),
  post: <T>(path: string, body?: unknown, options?: Options) => call<T>("POST", path, { ...options, body }),
  patch: <T>(path: string, body?: unknown, options?: Options) => call<T>("PATCH", path, { ...options, body }),
  delete: <T>(path: string, options?: Options) => call<T>("DELETE", path, options),
};

/** `fetch` can't tell how far an upload is; a list of 100,000 people takes long enough to want to know. */
export async function upload<T>(
  path: string,
  form: FormData,
  onProgress: (share: number) => void,
): Promise<T> {
  const token = await csrf();
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    if (token) request.setRequestHeader("X-CSRF-Token", token);
    request.upload.onprogress = (e) => e.lengthComputable && onProgress(e.loaded / e.total);
    request.onerror = () => reject(new OfflineError());
    request.onload = async () => {
      if (request.status < 300) resolve(JSON.parse(request.responseText) as T);
      else reject(await problemOf(request.status, request.responseText));
    };
    request.send(form);
  });
}
