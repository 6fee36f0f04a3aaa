/**
 * Runs in the page's head before anything is painted or loaded. Two things can't wait for the application: the dark theme
 * (a dark room should never see a white flash) and the first questions to the server, which would otherwise start only
 * after half a megabyte of script has been read. The client takes the answers over (`takeEarly`).
 *
 * Kept as text because the content security policy pins its hash: one inline script, the same on every page.
 */
export const BOOT_SCRIPT = `(function(){try{var t=localStorage.getItem("pabal.theme"),d=document.documentElement;if(t==="dark"||(t!=="light"&&matchMedia("(prefers-color-scheme: dark)").matches))d.classList.add("dark")}catch(e){}var p=location.pathname,w=window.__early={};if(/^\\/(login|setup|invite|reset|operator)/.test(p))return;var l={"/":["/api/campaigns?limit=50","/api/quota"],"/contacts":location.search?[]:["/api/contacts?sort=-createdAt&limit=100"],"/campaigns":["/api/campaigns?limit=50"]}[p]||[];["/api/me"].concat(l).forEach(function(u){var e=w[u]={};e.answer=fetch(u,{headers:{Accept:"application/json"}}).then(function(r){return r.text().then(function(x){return e.here={status:r.status,text:x}})})["catch"](function(){return null})})})()`;

interface EarlyAnswer {
  status: number;
  text: string;
}

declare global {
  interface Window {
    /** By address; `here` once it has come in. */
    __early?: Record<string, { answer: Promise<EarlyAnswer | null>; here?: EarlyAnswer }>;
  }
}

function take(url: string) {
  const early = typeof window === "undefined" ? undefined : window.__early;
  const asked = early?.[url];
  if (!early || !asked) return null;
  delete early[url];
  return performance.now() < 10_000 ? asked : null;
}

/** The answer to a question that the boot script already asked: once, and only while it is fresh. */
export function takeEarly(url: string): Promise<Response | null> | null {
  const answer = take(url)?.answer;
  return answer ? answer.then((found) => found && new Response(found.text, { status: found.status })) : null;
}

/** The same if it has come in already, and was a yes. One that is under way is left for `takeEarly`. */
export function takeHere(url: string): unknown {
  if (typeof window === "undefined" || window.__early?.[url]?.here?.status !== 200) return undefined;
  const text = take(url)?.here?.text;
  return text === undefined ? undefined : JSON.parse(text);
}
