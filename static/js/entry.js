/* The entry grid: every cell is saved when it is left, by its own request, one after another. The input is never
   replaced; the answer brings the sentences, states and sums around it. What could not be sent stays in this browser
   and goes out as soon as the portal answers again. Without this file the whole form is saved by its button. */
"use strict";

(() => {
  const form = document.getElementById("entry");
  if (!form) return;
  const { latin, persian, say, toast } = window.portal;
  const STORE = `entry:${location.pathname}`;
  const RETRY = 5000;
  const saved = document.getElementById("saved");
  const strip = document.getElementById("strip");
  const undoButton = strip?.querySelector("[data-undo]");
  const unsent = new Map(Object.entries(JSON.parse(localStorage.getItem(STORE) ?? "{}")));
  const history = [];
  let queue = Promise.resolve();
  let running = 0;
  let timer = 0;

  // --- values -----------------------------------------------------------------------------------------------------
  const plain = (text) => (/^-?[\d,٬]+$/.test(latin(text.trim())) ? latin(text).replace(/[,٬]/g, "") : text.replace(/\r\n/g, "\n")).trim();
  const before = new WeakMap(); // input -> the text that the portal has
  const known = (input) => before.get(input) ?? plain(initial(input));
  const initial = (input) => (input.tagName === "SELECT" ? [...input.options].find((o) => o.defaultSelected)?.value ?? "" : input.defaultValue);
  const changed = (input) => plain(input.value) !== known(input);

  /** The hidden field with what the page showed of a row: its version goes with every save. */
  function memory(input) {
    const [kind, id] = input.name.split(":");
    for (const field of form.querySelectorAll('input[name="row"]')) {
      const row = JSON.parse(field.value);
      if (row.k === kind && String(row.id) === id) return { field, row };
    }
    return null;
  }

  function remember(input, version) {
    const found = memory(input);
    before.set(input, plain(input.value));
    if (!found) return;
    found.row.v = version;
    found.row.c[input.name.split(":")[2]] = plain(input.value);
    found.field.value = JSON.stringify(found.row);
  }

  // --- saving -----------------------------------------------------------------------------------------------------
  function save(input, undoing = false) {
    if (!changed(input)) return;
    if (!undoing) history.push({ name: input.name, text: known(input) });
    showUndo();
    mark(input, "saving");
    keep(input);
    enqueue(() => send(input));
  }

  function enqueue(work) {
    running += 1;
    status("working", "در حال ذخیره");
    queue = queue.then(work).finally(() => { running -= 1; if (!running) settled(); });
  }

  async function send(input) {
    if (!changed(input)) { release(input); return; }
    const [kind, pk, cell] = input.name.split(":");
    const text = plain(input.value);
    const body = { kind, pk, cell, text: input.value, seen: known(input), version: memory(input)?.row.v ?? 0 };
    const answer = await post(form.dataset.entry, { ...body, open: opened(input) });
    if (!answer) { mark(input, "failed"); retryLater(); return; }
    if (answer.status === 200) {
      before.set(input, text);
      rememberAs(input, Number(answer.headers.get("X-Version")), text);
      release(input);
      place(await answer.text());
      mark(input, "saved");
    } else if (answer.status === 409) {
      const refusal = await answer.json();
      mark(input, "failed");
      if ("theirs" in refusal) conflict(input, refusal); else refused(input, refusal.message);
    } else refused(input, "این خانه ذخیره نشد. صفحه را تازه کنید.");
  }

  function rememberAs(input, version, text) {
    const now = input.value;
    remember(input, version);
    if (plain(now) !== text) before.set(input, text);
  }

  const opened = (input) => (input.closest("tbody[data-open]") ? "1" : "");

  /** Null when nothing came back: no network, portal down, or the session has ended. */
  async function post(url, fields) {
    const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
    try {
      const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value }, redirect: "manual" });
      if (answer.type !== "opaqueredirect" && answer.status < 500) return answer;
      status("failed", answer.status ? "سامانه پاسخ نداد؛ رقم در این مرورگر مانده است و دوباره فرستاده می‌شود" : "نشست شما پایان یافت. پیش‌نویس محفوظ است؛ دوباره وارد شوید.");
    } catch {
      status("failed", "ذخیره نشد؛ رقم در این مرورگر مانده است و دوباره فرستاده می‌شود");
    }
    return null;
  }

  // --- kept in this browser -----------------------------------------------------------------------------------------
  function keep(input) {
    unsent.set(input.name, { text: input.value, seen: known(input) });
    store();
  }
  function release(input) {
    unsent.delete(input.name);
    store();
  }
  function store() {
    if (unsent.size) localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(unsent)));
    else localStorage.removeItem(STORE);
  }
  function retryLater() {
    clearTimeout(timer);
    timer = setTimeout(resend, RETRY);
  }
  function resend() {
    clearTimeout(timer);
    for (const name of unsent.keys()) {
      const input = form.elements[name];
      if (input?.dataset && changed(input) && !document.getElementById(`x-${input.id}`)) { mark(input, "saving"); enqueue(() => send(input)); }
    }
  }
  /** What was typed before the page was lost comes back, unless the cell has a newer figure. */
  function restore() {
    for (const [name, { text, seen }] of unsent) {
      const input = form.elements[name];
      if (!input?.dataset || known(input) !== seen) { if (input) release(input); continue; }
      input.value = text;
    }
    if (unsent.size) { toast("رقم‌های ذخیره‌نشدهٔ این مرورگر بازگردانده شد"); resend(); }
  }

  // --- what the page shows --------------------------------------------------------------------------------------------
  function mark(input, state) {
    for (const name of ["saving", "failed", "saved"]) input.classList.toggle(`cell--${name}`, name === state);
    if (state === "saved") setTimeout(() => input.classList.remove("cell--saved"), 1500);
    input.toggleAttribute("aria-busy", state === "saving");
  }

  function status(tone, text) {
    if (!saved) return;
    saved.className = `saved${tone ? ` saved--${tone}` : ""}`;
    saved.querySelector("span").textContent = text;
  }

  function settled() {
    if (unsent.size || form.querySelector(".entry-conflict")) {
      if (!saved?.classList.contains("saved--failed")) status("failed", `${persian(unsent.size)} خانه ذخیره نشد`);
      return;
    }
    const now = new Intl.DateTimeFormat("fa-IR", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tehran" });
    status("", `همهٔ تغییرات تا ${now.format(new Date())} ذخیره شد`);
    if (saved) saved.dataset.saved = String(Number(saved.dataset.saved ?? 0) + 1);
  }

  /** Put the pieces of an answer in the place of those with the same id; inputs that are in use stay. */
  function place(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    for (const piece of [...template.content.children]) {
      const old = document.getElementById(piece.id);
      if (!old || sameInputs(old, piece)) continue;
      if (piece.id.startsWith("r-") && old.contains(document.activeElement)) continue;
      old.replaceWith(piece);
      if (piece.id.startsWith("m-")) tone(piece);
    }
    shorten();
  }

  function sameInputs(old, piece) {
    const names = (element) => [...element.querySelectorAll("input, textarea")].map((input) => input.name).join();
    return piece.id.startsWith("r-") && names(piece) !== "" && names(old) === names(piece);
  }

  /** The row takes the tone of its sentences; each input names the sentence that speaks of it. */
  function tone(row) {
    const body = row.closest("tbody");
    const first = body.querySelector("tr:not(.table__row--group)");
    for (const name of ["bad", "warn"]) first.classList.toggle(`grid__row--${name}`, row.dataset.tone === name);
    for (const input of body.querySelectorAll("[data-cell]")) {
      const sentence = document.getElementById(`e-${input.name.replaceAll(":", "-")}`);
      input.toggleAttribute("aria-invalid", Boolean(sentence?.classList.contains("bad")));
      if (input.hasAttribute("aria-invalid")) input.setAttribute("aria-invalid", "true");
      if (sentence) input.setAttribute("aria-describedby", sentence.id); else input.removeAttribute("aria-describedby");
    }
    const spoken = row.querySelector("p.bad") ?? row.querySelector("p.warn");
    if (!row.hidden && spoken) say(spoken.textContent.trim());
  }

  /** The summary on top forgets rows that are mended. */
  function shorten() {
    const blocks = document.getElementById("blocks");
    if (!blocks) return;
    for (const item of blocks.querySelectorAll("li[data-of]")) {
      const row = document.getElementById(`m-${item.dataset.of}`);
      if (row && row.dataset.tone !== "bad") item.remove();
    }
    const left = blocks.querySelectorAll("li").length;
    blocks.hidden = !left;
    blocks.querySelector("[data-count]").textContent = persian(left);
  }

  // --- two people, one cell ----------------------------------------------------------------------------------------
  function conflict(input, refusal) {
    document.getElementById(`x-${input.id}`)?.remove();
    const box = document.getElementById("conflict").content.firstElementChild.cloneNode(true);
    box.id = `x-${input.id}`;
    box.querySelector("[data-message]").textContent = persian(refusal.message);
    box.querySelector("[data-mine]").textContent = persian(refusal.mine || "—");
    box.querySelector("[data-theirs]").textContent = persian(refusal.theirs || "—");
    const settle = (mine) => {
      if (!mine) input.value = refusal.theirs;
      const { field, row } = memory(input);
      row.v = refusal.version;
      row.c[input.name.split(":")[2]] = refusal.theirs;
      field.value = JSON.stringify(row);
      before.set(input, plain(refusal.theirs));
      box.remove();
      mark(input, "");
      release(input);
      if (mine) save(input, true); else settled();
      input.focus();
    };
    box.querySelector("[data-keep-mine]").addEventListener("click", () => settle(true));
    box.querySelector("[data-keep-theirs]").addEventListener("click", () => settle(false));
    input.after(box);
    box.querySelector("[data-keep-mine]").focus();
  }

  function refused(input, message) {
    mark(input, "failed");
    status("failed", message);
    say(message);
  }

  // --- undo, keys, strip -----------------------------------------------------------------------------------------------
  function showUndo() {
    if (undoButton) undoButton.hidden = !history.length;
  }

  function undo() {
    const last = history.pop();
    showUndo();
    const input = last && form.elements[last.name];
    if (!input) return;
    input.value = last.text;
    input.focus();
    save(input, true);
  }

  /** The same column of the next row; in an opened row, the next input of the same table. */
  function step(input, by) {
    const cell = input.name.split(":")[2];
    const column = [...form.querySelectorAll("[data-cell]")].filter((other) => other.name.endsWith(`:${cell}`) && other.checkVisibility());
    const next = column[column.indexOf(input) + by];
    next?.focus();
    next?.select?.();
  }

  function keys(event) {
    const input = event.target.closest?.("[data-cell]");
    if (!input) return;
    const isField = input.tagName === "INPUT";
    if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); leave(input); input.closest("tbody")?.querySelector("[data-open-row]")?.click(); }
    else if (event.key === "Enter" && isField) { event.preventDefault(); leave(input); step(input, event.shiftKey ? -1 : 1); }
    else if (event.key === "ArrowDown" && isField) { event.preventDefault(); step(input, 1); }
    else if (event.key === "ArrowUp" && isField) { event.preventDefault(); step(input, -1); }
    else if (event.key === "Escape" && changed(input)) { input.value = known(input); release(input); mark(input, ""); }
    else if (event.code === "KeyZ" && (event.ctrlKey || event.metaKey) && !changed(input) && history.length) { event.preventDefault(); undo(); }
  }

  const leave = (input) => save(input);

  function describe(input) {
    if (!strip) return;
    strip.querySelector("[data-name]").textContent = input.getAttribute("aria-label");
    strip.querySelector("[data-hint]").textContent = input.dataset.strip ?? "";
  }

  // --- causes of delay: one group, one request ------------------------------------------------------------------------
  function saveCauses(group) {
    enqueue(async () => {
      const data = new FormData();
      for (const field of group.querySelectorAll("input, select")) data.append(field.name, field.value);
      data.append("open", "1");
      const answer = await post(form.dataset.causesUrl, data);
      const problem = group.querySelector(".entry-cause__problem");
      const text = !answer ? "ذخیره نشد" : answer.status === 200 ? "" : (await answer.clone().json()).message;
      problem.textContent = text;
      problem.hidden = !text;
      if (answer?.status === 200) place(await answer.text());
    });
  }

  // --- start -----------------------------------------------------------------------------------------------------------
  document.addEventListener("change", ({ target }) => {
    if (!form.contains(target)) return;
    const group = target.closest("[data-causes]");
    if (group) saveCauses(group);
    else if (target.matches("[data-cell]")) save(target);
  });
  form.addEventListener("keydown", keys);
  form.addEventListener("focusin", ({ target }) => { if (target.matches?.("[data-cell]")) describe(target); });
  undoButton?.addEventListener("click", undo);
  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;

  // Nothing that leaves or reopens a part of the page overtakes a save.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-after-save]");
    if (!link || !running) return;
    event.preventDefault();
    queue.then(() => { if (!unsent.size) location.assign(link.href); });
  });
  form.addEventListener("submit", (event) => {
    if (!running) return;
    event.preventDefault();
    queue.then(() => form.requestSubmit(event.submitter));
  });
  document.body.addEventListener("htmx:confirm", (event) => {
    if (!running) return;
    event.preventDefault();
    queue.then(() => event.detail.issueRequest(true));
  });
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
    const body = document.getElementById(detail.target?.id) ?? detail.elt;
    (body?.querySelector?.("[data-open] [data-cell], .grid__detail [data-cell]") ?? body?.querySelector?.("[data-open-row]"))?.focus();
  });
  window.addEventListener("online", resend);
  window.addEventListener("beforeunload", (event) => { if (running) event.preventDefault(); });
  restore();
})();
