/* The open grid survives a reload without network. A page that comes from here says so on top, with its time; figures
   saved since are put back by entry.js. Nothing older than a session is shown, and signing out forgets everything. */
"use strict";

const CACHE = "entry-1";
const LIFE = 12 * 3600 * 1000;
const MOST = 80;
const GRID = /^\/entry\/\d{4}-\w+\/(capital|expense)\/$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") { if (GRID.test(url.pathname)) event.respondWith(page(request)); }
  else if (url.pathname.startsWith("/static/")) event.respondWith(asset(request));
});

async function page(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await keep(request.url, answer.clone());
    return answer;
  } catch (gone) {
    const kept = await (await caches.open(CACHE)).match(request.url, { ignoreVary: true });
    const at = Number(kept?.headers.get("X-Kept-At"));
    if (!kept || Date.now() - at > LIFE) throw gone;
    return told(kept, at);
  }
}

/** All headers stay, the policy among them. */
async function keep(url, answer) {
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", String(Date.now()));
  await (await caches.open(CACHE)).put(url, new Response(await answer.text(), { headers }));
}

async function told(kept, at) {
  const when = new Intl.DateTimeFormat("fa-IR", { dateStyle: "short", timeStyle: "short", timeZone: "Asia/Tehran" }).format(new Date(at));
  const said = `<p class="kept" role="alert" data-from-cache="${at}">شبکه نیست. این صفحه همان است که در ${when} از سامانه گرفته شد؛ جمع‌ها و پیام‌ها از همان زمان است. آنچه می‌نویسید در این مرورگر می‌ماند.</p>`;
  const text = (await kept.text()).replace(/<main[^>]*>/, (tag) => tag + said);
  return new Response(text, { headers: kept.headers });
}

async function asset(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) { await cache.put(request, answer.clone()); await prune(cache); }
    return answer;
  } catch (gone) {
    const kept = await cache.match(request, { ignoreVary: true });
    if (kept) return kept;
    throw gone;
  }
}

async function prune(cache) {
  const keys = await cache.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - MOST))) await cache.delete(key);
}
