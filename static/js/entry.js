/* The entry grid, and the forms of an agreement: a cell is saved when it is left, one request after another; the answer brings what stands around
   the input, never the input. What could not be sent stays in this browser. */
"use strict";

(() => {
  const form = document.getElementById("entry");
  if (!form) return;
  const { latin, persian, grouped, say, toast } = window.portal;
  const byId = (id) => document.getElementById(id);
  const STORE = form.dataset.store ?? `entry:${location.pathname}`;
  const ENTRY = "causesUrl" in form.dataset; // figures of a cut-off; an agreement has no «none»
  const NONE = "—", NONE_SAID = "ندارد";
  const LOST = "ذخیره نشد؛ رقم در این مرورگر مانده است و دوباره فرستاده می‌شود";
  const ENDED = "نشست شما پایان یافت. پیش‌نویس محفوظ است؛ دوباره وارد شوید.";
  const saved = byId("saved");
  const strip = byId("strip");
  const undoButton = strip?.querySelector("[data-undo]");
  const unsent = new Map(Object.entries(JSON.parse(localStorage.getItem(STORE) ?? "{}")));
  const history = JSON.parse(sessionStorage.getItem(`${STORE}:undo`) ?? "[]"); // outlives a reload of this tab
  let queue = Promise.resolve();
  let running = 0;
  let timer = 0;

  const isFigure = (input) => input.inputMode === "decimal";
  const isNone = (text) => ["-", "–", NONE, NONE_SAID].includes(text.trim());

  const plain = (text, input) => {
    if (ENTRY && input && isFigure(input) && isNone(text)) return NONE;
    const figure = latin(text.trim());
    const grouped = /^-?\d{1,3}(?:([,٬])\d{3})?(?:\1\d{3})*$/.test(figure) || /^-?\d+$/.test(figure);
    return grouped ? figure.replace(/[,٬]/g, "") : text.replaceAll("\r\n", "\n").trim();
  };
  const cellOf = (input) => input.name.split(":")[2];
  const changed = (input) => plain(input.value, input) !== plain(known(input), input);
  const known = (input) => memory(input).row.c[cellOf(input)];

  /** What the portal has of a row, with its version. */
  function memory(input) {
    const field = form.querySelector(`[data-of="${input.name.split(":").slice(0, 2).join(":")}"]`);
    return { field, row: JSON.parse(field.value) };
  }

  function remember(input, version, text) {
    const { field, row } = memory(input);
    row.v = version;
    row.c[cellOf(input)] = text;
    field.value = JSON.stringify(row);
    if (ENTRY) sessionSince((since) => { since[input.name] = [text, version]; });
  }

  /** What was saved since this page was made: a copy of it that comes without network begins with these. */
  function sessionSince(change) {
    const since = JSON.parse(localStorage.getItem(`${STORE}:since`) ?? "{}");
    change(since);
    localStorage.setItem(`${STORE}:since`, JSON.stringify(since));
  }

  function catchUp() {
    if (!ENTRY) return;
    if (!document.querySelector("[data-from-cache]")) { localStorage.removeItem(`${STORE}:since`); return; }
    sessionSince((since) => {
      for (const [name, [text, version]] of Object.entries(since)) {
        const input = form.elements[name];
        if (!input?.name) continue;
        const { field, row } = memory(input);
        row.v = version;
        row.c[cellOf(input)] = text;
        field.value = JSON.stringify(row);
        input.value = text;
        dress(input);
      }
    });
  }

  /** Zero, «none» and nothing yet look like three things. */
  function dress(input) {
    if (!ENTRY || !isFigure(input)) return;
    const none = isNone(input.value);
    if (none && input !== document.activeElement) input.value = NONE_SAID;
    input.classList.toggle("cell--none", none);
    input.classList.toggle("cell--missing", !input.value.trim());
  }

  /** «+۱۲۰۰»: so much more than at the last cut-off. */
  function derive(input) {
    const more = ENTRY && isFigure(input) && /^[+＋]\s*([\d.]+)$/.exec(plain(latin(input.value).replaceAll("٫", ".").replace(/[,٬]/g, "")));
    if (more) input.value = sum(memory(input).row.p?.[cellOf(input)] ?? "0", more[1]);
  }

  const sum = (a, b) => String(Number((Number(a) + Number(b)).toFixed(3)));

  // saving
  function save(input, undoing, touched) {
    derive(input);
    dress(input);
    if ((!changed(input) && !touched) || unsent.get(input.name)?.text === input.value) return;
    if (!undoing && changed(input)) history.push({ name: input.name, text: known(input) });
    showUndo();
    unsent.set(input.name, { text: input.value, seen: known(input), label: input.ariaLabel, at: Date.now(), touched });
    store();
    enqueue(() => send(input));
  }

  function enqueue(work) {
    running += 1;
    status("working", "در حال ذخیره");
    queue = queue.then(work).finally(() => { running -= 1; if (!running) settled(); });
  }

  async function send(input) {
    if (!changed(input) && !unsent.get(input.name)?.touched) { release(input); return; }
    mark(input, "saving");
    const [kind, pk, cell] = input.name.split(":");
    const text = plain(input.value, input);
    const open = input.closest("tbody[data-open]") ? "1" : "";
    const version = memory(input).row.v;
    const answer = await post(form.dataset.entry, new URLSearchParams({ kind, pk, cell, text, seen: known(input), version, open }));
    if (!answer) { mark(input, "failed"); clearTimeout(timer); timer = setTimeout(resend, 5000); return; }
    if (answer.ok) {
      remember(input, Number(answer.headers.get("X-Version")), text);
      release(input);
      place(await answer.text());
      input.removeAttribute("data-copied");
      mark(input, "saved");
      tell("saved", { input });
      return;
    }
    mark(input, "failed");
    const refusal = [409, 422].includes(answer.status) ? await answer.json() : { message: "این خانه ذخیره نشد. صفحه را تازه کنید." };
    if ("theirs" in refusal) conflict(input, refusal);
    else { status("failed", refusal.message); say(refusal.message); }
  }

  /** Null: no network, a portal that is down, or a session that has ended. */
  async function post(url, body, again) {
    try {
      const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
      const answer = await fetch(url, { method: "POST", body, headers, redirect: "manual" });
      const ended = answer.type === "opaqueredirect" || (answer.status === 403 && !again);
      if (ended && !again && await renew()) return await post(url, body, true);
      if (!ended && answer.status < 500) { why = ""; return answer; }
      failed(ended ? ENDED : LOST);
    } catch { failed(LOST); }
    return null;
  }

  /** Somebody who signed in again, here or in another tab, has a new token; the page with what is typed stays. */
  async function renew() {
    const answer = await fetch(location.href, { redirect: "manual", headers: { Accept: "text/html" } });
    const token = answer.ok && /name="csrfmiddlewaretoken" value="(\w+)"/.exec(await answer.text())?.[1];
    if (token) for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = token;
    return Boolean(token);
  }

  let why = "";
  function failed(text) {
    why = text;
    status("failed", text);
    tell("kept");
  }

  const tell = (name, detail = {}) => form.dispatchEvent(new CustomEvent(`entry:${name}`, { detail }));

  /** A cell of another page, or of a closed row, that this browser still keeps. */
  async function sendUnseen(name) {
    const { text, seen } = unsent.get(name) ?? {};
    if (text === undefined) return;
    const [kind, pk, cell] = name.split(":");
    const said = isNone(text) ? NONE : plain(text);
    const answer = await post(form.dataset.entry, new URLSearchParams({ kind, pk, cell, text: said, seen, version: "0" }));
    if (answer?.ok) { release({ name }); place(await answer.text()); return; }
    if (!answer) { clearTimeout(timer); timer = setTimeout(resend, 5000); return; }
    const entry = unsent.get(name);
    entry.refusal = [409, 422].includes(answer.status) ? (await answer.json()).message : "این ردیف دیگر در این صفحه نیست.";
    store();
  }

  function release(input) {
    unsent.delete(input.name);
    store();
  }

  function store() {
    if (unsent.size) localStorage.setItem(STORE, JSON.stringify(Object.fromEntries(unsent)));
    else localStorage.removeItem(STORE);
    tell("kept");
  }

  const waiting = () => [...unsent.keys()].map((name) => form.elements[name]).filter((input) => input?.name);

  function resend() {
    clearTimeout(timer);
    for (const input of waiting()) if (!byId(`x-${input.id}`)) enqueue(() => send(input));
    for (const [name, kept] of unsent) if (ENTRY && !form.elements[name] && !kept.refusal) enqueue(() => sendUnseen(name));
  }

  /** What was typed before the page was lost comes back, unless the cell has a newer figure. */
  function restore() {
    for (const input of waiting()) {
      const { text, seen } = unsent.get(input.name);
      if (known(input) === seen || !ENTRY) { if (known(input) === seen) { input.value = text; dress(input); } else release(input); }
      else if (plain(text, input) === plain(known(input), input)) release(input);
      else conflict(input, { message: "این خانه در همین میان تغییر کرده است. کدام مقدار بماند؟", mine: text, theirs: known(input), version: memory(input).row.v });
    }
    if (ENTRY ? unsent.size : waiting().length) { toast("رقم‌های ذخیره‌نشدهٔ این مرورگر بازگردانده شد"); resend(); }
  }

  // what the page shows
  function mark(input, state) {
    for (const name of ["saving", "failed", "saved"]) input.classList.toggle(`cell--${name}`, name === state);
    if (state === "saved") setTimeout(() => input.classList.remove("cell--saved"), 1500);
  }

  function status(tone, text) {
    if (!saved) return;
    saved.className = `saved${tone && ` saved--${tone}`}`;
    saved.querySelector("span").textContent = text;
  }

  function settled() {
    if (form.querySelector(".cell--failed")) {
      if (!saved?.matches(".saved--failed")) status("failed", `${persian(unsent.size)} خانه ذخیره نشد`);
      return;
    }
    const now = new Intl.DateTimeFormat("fa-IR", { timeStyle: "short", timeZone: "Asia/Tehran" }).format(new Date());
    status("", `همهٔ تغییرات تا ${now} ذخیره شد`);
  }

  /** Pieces of an answer take the place of those with the same id; inputs that are there already stay. */
  function place(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const names = (element) => [...element.querySelectorAll("[data-cell]")].map((input) => input.name).join();
    for (const piece of [...template.content.children, ...template.content.querySelectorAll("tr, [data-piece]")]) {
      const old = byId(piece.id);
      if (!old || (piece.id.startsWith("r-") && names(piece) && names(old) === names(piece))) continue;
      old.replaceWith(piece);
      if (piece.id.startsWith("m-")) tone(piece);
      if (piece.id.startsWith("w-")) byId(piece.id.slice(2))?.classList.toggle("cell--changed", Boolean(piece.querySelector(".was")));
    }
    shorten();
  }

  /** The row takes the tone of its sentences; each input names the one that speaks of it. */
  function tone(row) {
    const body = row.closest("tbody");
    const first = row.previousElementSibling;
    for (const name of ["bad", "warn"]) first.classList.toggle(`grid__row--${name}`, row.dataset.tone === name);
    for (const input of body.querySelectorAll("[data-cell]")) {
      const sentence = byId(`e-${input.name.replaceAll(":", "-")}`);
      const set = (name, value) => (value ? input.setAttribute(name, value) : input.removeAttribute(name));
      set("aria-invalid", sentence?.matches(".bad") ? "true" : "");
      set("aria-describedby", sentence?.id);
    }
    const spoken = row.querySelector("p.bad, p.warn");
    if (spoken && !row.hidden) say(spoken.textContent.trim());
  }

  /** The summary on top forgets rows that are mended. */
  function shorten() {
    const blocks = byId("blocks");
    for (const item of blocks?.querySelectorAll("li") ?? []) {
      const row = byId(`m-${item.dataset.of}`);
      if (row && row.dataset.tone !== "bad") item.remove();
    }
    const left = blocks?.querySelectorAll("li").length;
    if (blocks) { blocks.hidden = !left; blocks.querySelector("[data-count]").textContent = persian(left); }
  }

  // two people, one cell: both values, a person chooses
  function conflict(input, { message, mine, theirs, version }) {
    const box = byId("conflict").content.firstElementChild.cloneNode(true);
    box.id = `x-${input.id}`;
    const part = (name) => box.querySelector(`[data-${name}]`);
    const words = (text) => [...(input.options ?? [])].find((option) => option.value === text)?.text ?? text; // of a list its titles
    for (const [name, text] of Object.entries({ message, mine: words(mine), theirs: words(theirs) })) part(name).textContent = persian(/^-?\d+$/.test(text) ? grouped(text).replaceAll(",", "٬") : text || "—");
    const settle = (keep) => {
      remember(input, version, theirs);
      if (!keep) input.value = theirs;
      box.remove();
      mark(input, "");
      release(input);
      if (keep) save(input, true);
      else settled();
      input.focus();
    };
    part("keep-mine").addEventListener("click", () => settle(true));
    part("keep-theirs").addEventListener("click", () => settle(false));
    input.after(box);
    part("keep-mine").focus();
  }

  // undo, keys
  function showUndo() {
    while (history.length > 100) history.shift();
    sessionStorage.setItem(`${STORE}:undo`, JSON.stringify(history));
    if (undoButton) undoButton.hidden = !history.length;
  }

  function undo() {
    const last = history.pop();
    showUndo();
    const input = last && form.elements[last.name];
    if (!input) { if (last) say("خانهٔ آخرین تغییر در این صفحه نیست."); return; }
    input.value = last.text;
    input.focus();
    save(input, true);
  }

  /** The same column of the next row. */
  function step(input, by) {
    go([...form.querySelectorAll("[data-cell]")].filter((other) => cellOf(other) === cellOf(input)), input, by);
  }

  function go(cells, input, by) {
    const seen = cells.filter((other) => other.checkVisibility());
    const next = seen[seen.indexOf(input) + by];
    next?.focus();
    next?.select?.();
    return next;
  }

  /** At the end of what is typed an arrow leaves the cell: left is forward, as the page is read. */
  function sideways(input, key) {
    const { selectionStart: start, selectionEnd: end, value } = input;
    const whole = start === 0 && end === value.length;
    const ltr = input.dir === "ltr";
    const edge = (key === "ArrowLeft") === ltr ? start === 0 && (end === 0 || whole) : end === value.length && (start === end || whole);
    if (!edge) return false;
    save(input);
    return Boolean(go([...form.querySelectorAll("[data-cell]")], input, key === "ArrowLeft" ? 1 : -1));
  }

  form.addEventListener("keydown", (event) => {
    const input = event.target.closest("[data-cell]");
    if (!input) return;
    const { key, code } = event;
    const arrow = { ArrowDown: 1, ArrowUp: -1, Enter: event.shiftKey ? -1 : 1 }[key];
    const ctrl = event.ctrlKey || event.metaKey;
    if (key === "Enter" && ctrl) { save(input); input.closest("tbody").querySelector("[data-open-row]")?.click(); }
    else if (arrow && !ctrl && input.tagName === "INPUT") { save(input, false, key === "Enter" && "copied" in input.dataset); step(input, arrow); }
    else if ((key === "ArrowLeft" || key === "ArrowRight") && !ctrl && !event.shiftKey && input.tagName === "INPUT" && sideways(input, key)) { /* gone */ }
    else if (code === "KeyN" && event.altKey && ENTRY && isFigure(input)) none(input);
    else if (key === "Escape" && changed(input)) { input.value = known(input); release(input); mark(input, ""); dress(input); byId(`x-${input.id}`)?.remove(); }
    else if (code === "KeyZ" && ctrl && !changed(input) && history.length) undo();
    else return;
    event.preventDefault();
  });

  /** «Not applicable», and back to nothing. */
  function none(input) {
    input.value = isNone(input.value) ? "" : NONE_SAID;
    save(input);
  }

  // causes of delay: one group, one request
  function saveCauses(group) {
    enqueue(async () => {
      const data = new FormData();
      for (const field of group.querySelectorAll("input, select")) data.append(field.name, field.value);
      data.append("open", "1");
      const answer = await post(form.dataset.causesUrl, data);
      const problem = group.querySelector(".entry-cause__problem");
      problem.textContent = answer?.ok ? "" : answer ? (await answer.json()).message : LOST;
      problem.hidden = Boolean(answer?.ok);
      if (answer?.ok) place(await answer.text());
    });
  }

  document.addEventListener("change", ({ target }) => {
    if (!form.contains(target)) return;
    const group = target.closest("[data-causes]");
    if (group) saveCauses(group);
    else if (target.matches("[data-cell]")) save(target);
  });
  form.addEventListener("focusin", ({ target }) => {
    if (!strip || !target.matches("[data-cell]")) return;
    strip.querySelector("[data-name]").textContent = target.ariaLabel;
    if ("strip" in target.dataset) strip.querySelector("[data-hint]").textContent = target.dataset.strip;
  });
  form.addEventListener("focusout", ({ target }) => { if (target.matches("[data-cell]")) dress(target); });
  undoButton?.addEventListener("click", undo);
  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;

  // Nothing that leaves or reopens a part of the page overtakes a save.
  const after = (event, go) => {
    if (!running) return;
    event.preventDefault();
    queue.then(go);
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-after-save]");
    if (link) after(event, () => { if (!unsent.size) location.assign(link.href); });
  });
  form.addEventListener("submit", (event) => after(event, () => form.requestSubmit(event.submitter)));
  document.body.addEventListener("htmx:confirm", (event) => after(event, () => event.detail.issueRequest(true)));
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
    const body = byId(detail.target.id);
    (body?.querySelector(".grid__detail [data-cell]") ?? body?.querySelector("[data-open-row]"))?.focus();
  });
  window.addEventListener("online", resend);
  window.entry = { form, unsent, memory, known, changed, save, none, resend, store, why: () => why, cellOf, isFigure, sum, plain };
  window.addEventListener("beforeunload", (event) => { if (running) event.preventDefault(); });
  showUndo();
  catchUp();
  restore();
})();
