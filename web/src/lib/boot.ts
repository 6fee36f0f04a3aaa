/**
 * Runs in the page's head before anything is painted or loaded. Two things can't wait for the application: the dark theme
 * (a dark room should never see a white flash) and the first questions to the server, which would otherwise start only
 * after half a megabyte of script has been read. The client takes the answers over (`takeEarly`).
 *
 * Kept as text because the content security policy pins its hash: one inline script, the same on every page.
 */
export const BOOT_SCRIPT = `(function(){try{var t=localStorage.getItem("pabal.theme"),d=document.documentElement;if(t==="dark"||(t!=="light"&&matchMedia("(prefers-color-scheme: dark)").matches))d.classList.add("dark")}catch(e){}var p=location.pathname,w=window.__early={};if(/^\\/(login|setup|invite|reset)/.test(p))return;var l={"/":["/api/campaigns?limit=50","/api/quota"],"/contacts":location.search?[]:["/api/contacts?sort=-createdAt&limit=100"],"/campaigns":["/api/campaigns?limit=50"]}[p]||[];["/api/me"].concat(l).forEach(function(u){w[u]=fetch(u,{headers:{Accept:"application/json"}})["catch"](function(){return null})})})()`;

declare global {
  interface Window {
    __early?: Record<string, Promise<Response | null>>;
  }
}

/** The answer to a question that the boot script already asked: once, and only while it is fresh. */
export function takeEarly(url: string): Promise<Response | null> | null {
  const early = typeof window === "undefined" ? undefined : window.__early;
  const answer = early?.[url];
  if (!early || !answer) return null;
  delete early[url];
  return performance.now() < 10_000 ? answer : null;
}
