/* What this browser keeps because the portal has not received it: counted, saved as a file, read back and looked at first. */
"use strict";

(() => {
  const entry = window.entry;
  const box = document.getElementById("kept");
  const sheet = document.getElementById("kept-file");
  if (!entry || !box) return;
  const { persian, toast } = window.portal;
  const part = (name, of = box) => of.querySelector(`[data-${name}]`);
  const FORMAT = "budget-portal-entry-1";
  let read = [];

  function line(text) {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }

  /** Only what waits: a cell that is on its way for the first time is not yet kept. */
  function show() {
    const waits = [...entry.unsent].filter(([name, kept]) => entry.why() || kept.refusal || !entry.form.elements[name]);
    box.hidden = !waits.length;
    if (box.hidden) return;
    part("count").textContent = persian(waits.length);
    part("why").textContent = entry.why();
    part("login").hidden = !entry.why().includes("نشست");
    part("list").replaceChildren(...waits.map(([name, kept]) => line(`${kept.label ?? name}: ${persian(kept.text || "خالی")}${kept.refusal ? ` (${kept.refusal})` : ""}`)));
  }

  function save() {
    const kept = [...entry.unsent].map(([name, { text, seen, label, at }]) => ({ name, text, seen, label, at }));
    const content = { format: FORMAT, of: entry.form.dataset.store.split(":")[1], page: location.pathname, saved: new Date().toISOString(), cells: kept };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(content, null, 1)], { type: "application/json" }));
    link.download = `unsent-${location.pathname.split("/").filter(Boolean).slice(1).join("-")}-${content.saved.slice(0, 16).replace(/\D/g, "")}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function refuse(text) {
    sheet.hidden = false;
    part("about", sheet).textContent = text;
    part("rows", sheet).replaceChildren();
    part("apply", sheet).disabled = true;
    sheet.querySelector("h2").focus();
  }

  async function load(file) {
    let content = null;
    try { content = JSON.parse(await file.text()); } catch { /* not ours */ }
    const mine = content?.format === FORMAT && Array.isArray(content.cells);
    if (!mine) { refuse("این پرونده از رقم‌های نگه‌داشتهٔ این سامانه نیست."); return; }
    if (content.of !== entry.form.dataset.store.split(":")[1]) { refuse(`این پرونده از فرم دیگری است (${content.page}). همان فرم را باز کنید.`); return; }
    read = content.cells.filter(({ name, text }) => /^\w+:\d+:\w+$/.test(name) && typeof text === "string");
    preview(content.saved);
  }

  function preview(saved) {
    const when = new Intl.DateTimeFormat("fa-IR", { dateStyle: "short", timeStyle: "short", timeZone: "Asia/Tehran" }).format(new Date(saved));
    part("about", sheet).textContent = `${persian(read.length)} رقم، نگه‌داشته در ${when}. تا «فرستادن» را نزنید چیزی عوض نمی‌شود.`;
    part("rows", sheet).replaceChildren(...read.map((cell) => {
      const input = entry.form.elements[cell.name];
      const now = input?.name ? entry.known(input) : null;
      const result = now === null ? "در این صفحه نیست؛ هنگام فرستادن سنجیده می‌شود" : now === cell.text ? "همان است" : now === cell.seen ? "می‌نشیند" : "در این میان تغییر کرده؛ پرسیده می‌شود";
      const row = document.createElement("tr");
      for (const [text, figure] of [[cell.label ?? cell.name], [persian(cell.text || "خالی"), true], [now === null ? "—" : persian(now || "خالی"), true], [result]]) {
        const item = document.createElement("td");
        item.textContent = text;
        item.className = figure ? "num" : "";
        row.append(item);
      }
      return row;
    }));
    part("apply", sheet).disabled = !read.length;
    sheet.hidden = false;
    sheet.querySelector("h2").focus();
  }

  function apply() {
    for (const { name, text, seen, label, at } of read) {
      const input = entry.form.elements[name];
      if (input?.name) { if (entry.known(input) === text) continue; input.value = text; }
      entry.unsent.set(name, { text, seen: seen ?? "", label, at });
    }
    entry.store();
    sheet.hidden = true;
    toast(`${persian(read.length)} رقم برای ارسال گذاشته شد`);
    entry.resend();
  }

  entry.form.addEventListener("entry:kept", show);
  part("resend").addEventListener("click", () => entry.resend());
  part("export").addEventListener("click", save);
  part("apply", sheet).addEventListener("click", apply);
  part("drop", sheet).addEventListener("click", () => { sheet.hidden = true; });
  const picker = document.querySelector("[data-import]");
  for (const element of document.querySelectorAll("[data-with-script]")) element.hidden = false;
  picker?.addEventListener("change", () => { if (picker.files[0]) load(picker.files[0]); picker.value = ""; });
  window.addEventListener("offline", show);
  /** From the second view on the worker keeps each page by itself; the first is fetched once more for it. */
  async function survive() {
    if (!navigator.serviceWorker || document.querySelector("[data-from-cache]")) return;
    const first = !navigator.serviceWorker.controller;
    await navigator.serviceWorker.register("/entry/worker.js", { scope: "/entry/" });
    if (!first) return;
    await navigator.serviceWorker.ready;
    const cache = await caches.open("entry-1");
    const answer = await fetch(location.href, { redirect: "error" });
    const headers = new Headers(answer.headers);
    headers.set("X-Kept-At", String(Date.now()));
    await cache.put(location.href.split("#")[0], new Response(await answer.text(), { headers }));
    await cache.addAll(performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.startsWith(`${location.origin}/static/`)));
    document.documentElement.dataset.survives = "1";
  }

  survive().catch(() => {}); // a browser without workers keeps what is typed all the same
  navigator.storage?.persist?.().catch(() => {}); // what is kept should outlive a full disk
  show();
})();
