/**
 * The one way to the server: JSON in and out, problem documents as `ApiError`, the CSRF token on unsafe methods.
 * Cookies carry the session; nothing secret is kept in storage.
 */
import { takeEarly } from "@/lib/boot";
import type { paths } from "./schema";

export interface ProblemDocument {
  code?: string;
  title?: string;
  detail?: string;
  /** `mend`: what to do about it. */
  errors?: { path?: string; message?: string; mend?: string | null }[];
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
    for (const { path, message, mend } of this.problem.errors ?? []) {
      if (path && message) found[path] = mend ? `${message}. ${mend}` : message;
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

type Query = Record<string, unknown>;

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

let asking: Promise<string | null> | null = null;

/** Asked once, however many requests need it at the same moment. */
async function csrf(): Promise<string | null> {
  if (csrfToken) return csrfToken;
  asking ??= fetch("/api/me")
    .then(async (answer) => {
      if (answer.ok) rememberCsrf(((await answer.json()) as { csrfToken?: string }).csrfToken);
      return csrfToken;
    })
    .catch(() => null)
    .finally(() => {
      asking = null;
    });
  return asking;
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

/** The answer once the server said yes; everything else is thrown. */
async function send(method: string, path: string, options: Options = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  const safe = method === "GET";
  if (!safe) {
    const token = await csrf();
    if (token) headers["X-CSRF-Token"] = token;
  }
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
  let body: BodyInit | undefined;
  if (options.body instanceof FormData || options.body instanceof Blob) body = options.body;
  else if (options.body !== undefined) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(options.body);
  }
  let answer: Response;
  try {
    const url = withQuery(path, options.query);
    const early = safe ? await takeEarly(url) : null;
    answer = early ?? (await fetch(url, { method, headers, body, signal: options.signal }));
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new OfflineError();
  }
  if (!answer.ok) {
    const problem = await problemOf(answer.status, await answer.text());
    if (problem.code.startsWith("csrf")) csrfToken = null;
    throw problem;
  }
  return answer;
}

async function call<T>(method: string, path: string, options?: Options): Promise<T> {
  const text = await (await send(method, path, options)).text();
  return (text ? JSON.parse(text) : undefined) as T;
}

type Method = "get" | "post" | "put" | "patch" | "delete";
type Defined<T> = T extends undefined ? never : T;
/** Addresses that know the method. */
type PathOf<M extends Method> = {
  [P in keyof paths]: Defined<paths[P][M]> extends never ? never : P;
}[keyof paths];
type Operation<P extends keyof paths, M extends Method> = Defined<paths[P][M]>;
type Json<R> = R extends { content: { "application/json": infer J } } ? J : never;
type Success<O> = O extends { responses: infer R } ? Json<R[keyof R & (200 | 201 | 202)]> : never;
/** What the server answers when all went well; nothing for 204. */
export type Answer<P extends keyof paths, M extends Method> = [Success<Operation<P, M>>] extends [never]
  ? undefined
  : Success<Operation<P, M>>;
export type BodyOf<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { requestBody?: { content: { "application/json": infer B } } } ? B : undefined;
type Parameters_<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { parameters: { query?: infer Q; path?: infer I } } ? { query: Q; path: I } : never;

type Init<P extends keyof paths, M extends Method> = Omit<Options, "query" | "body"> & {
  query?: Parameters_<P, M>["query"];
} & ([Defined<Parameters_<P, M>["path"]>] extends [never] ? object : { path: Parameters_<P, M>["path"] });

type Optional<T> = object extends T ? [init?: T] : [init: T];

function fill(path: string, values: Record<string, string> | undefined): string {
  return path.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(values?.[name] ?? ""));
}

function prepared(path: string, init: object | undefined): [string, Options] {
  const { path: values, ...rest } = (init ?? {}) as Options & { path?: Record<string, string> };
  return [fill(path, values), rest];
}

/** Typed from the server's description: a route or a field that changes there fails the type check here. */
export const http = {
  get: <P extends PathOf<"get">>(path: P, ...init: Optional<Init<P, "get">>) =>
    call<Answer<P, "get">>("GET", ...prepared(path, init[0])),
  post: <P extends PathOf<"post">>(path: P, body: BodyOf<P, "post">, ...init: Optional<Init<P, "post">>) => {
    const [url, options] = prepared(path, init[0]);
    return call<Answer<P, "post">>("POST", url, { ...options, body });
  },
  patch: <P extends PathOf<"patch">>(
    path: P,
    body: BodyOf<P, "patch">,
    ...init: Optional<Init<P, "patch">>
  ) => {
    const [url, options] = prepared(path, init[0]);
    return call<Answer<P, "patch">>("PATCH", url, { ...options, body });
  },
  /** A file is the whole body, as it is. */
  put: <P extends PathOf<"put">>(
    path: P,
    body: BodyOf<P, "put"> | Blob,
    ...init: Optional<Init<P, "put">>
  ) => {
    const [url, options] = prepared(path, init[0]);
    return call<Answer<P, "put">>("PUT", url, { ...options, body });
  },
  delete: <P extends PathOf<"delete">>(path: P, ...init: Optional<Init<P, "delete">>) =>
    call<Answer<P, "delete">>("DELETE", ...prepared(path, init[0])),
  /** A POST that answers with a file. */
  file: async <P extends PathOf<"post">>(
    path: P,
    body: BodyOf<P, "post">,
    ...init: Optional<Init<P, "post">>
  ) => {
    const [url, options] = prepared(path, init[0]);
    const answer = await send("POST", url, { ...options, body });
    const name = answer.headers.get("content-disposition")?.match(/filename="([^"]+)"/)?.[1];
    return { blob: await answer.blob(), name };
  },
};

/** Hands a file that came as an answer to the browser's own "save". */
export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

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
