/* The formula bar: what the page knows of the cell in hand, of the period beside cumulative, history and remarks. */
"use strict";

(() => {
  const form = document.getElementById("entry");
  const strip = document.getElementById("strip");
  const beside = document.getElementById("beside");
  if (!form || !strip) return;
  const { latin, persian, grouped } = window.portal;
  const entry = window.entry; // absent where everything is locked
  const part = (name) => strip.querySelector(`[data-${name}]`);
  const CUMULATIVE = new Set(["received", "received_cash", "received_securities", "spent", "returned", "quantity_done", "volume_done", "cost"]);
  let current = null; // { name, input }

  const said = (text) => persian(/^-?\d+$/.test(text) ? grouped(text).replaceAll(",", "٬") : text.replace(".", "٫"));
  const nameOf = (element) => element.name ?? element.dataset.locked;

  function rowOf(name) {
    const field = form.querySelector(`[data-of="${name.split(":").slice(0, 2).join(":")}"]`);
    return field ? JSON.parse(field.value) : {};
  }

  function facts(name) {
    const row = rowOf(name), cell = name.split(":")[2], found = [];
    const last = row.p?.[cell];
    if (last !== undefined) found.push(["مقطع قبل", said(last)]);
    if (row.y?.[cell]) found.push(["همین مقطع، سال قبل", row.y[cell]]);
    if (CUMULATIVE.has(cell) || cell === "commitments_open" || cell === "advances_open") found.push(...row.f ?? []);
    if (row.h?.[cell]) found.push(["مقاطع قبل", row.h[cell].join(" ← ")]);
    const [change] = row.l?.[cell] ?? [];
    if (change) found.push(["آخرین تغییر", `${change[0]}${change[1] ? ` (از ${change[1]})` : ""}`]);
    if (row.u?.includes(cell) && (!current.input || "copied" in current.input.dataset)) found.push(["کپی‌شده از مقطع قبل", "تأییدنشده؛ Enter تأیید می‌کند"]);
    return found;
  }

  function show(element) {
    const name = nameOf(element);
    current = { name, input: entry && element.name ? element : null };
    part("name").textContent = element.ariaLabel;
    const why = element.dataset.locked && document.getElementById(element.getAttribute("aria-describedby"))?.textContent.trim();
    const list = facts(name);
    const box = part("facts");
    box.replaceChildren(...list.flatMap(([label, value]) => {
      const item = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd");
      dt.textContent = label;
      dd.textContent = value;
      item.append(dt, dd);
      return [item];
    }));
    box.hidden = !list.length;
    if (why) part("hint").textContent = why;
    part("hint").hidden = !why && list.length > 0;
    part("tools").hidden = false;
    period();
    if (entry) {
      const figure = current.input && entry.isFigure(current.input);
      part("none").hidden = !figure;
      part("same").hidden = !current.input || rowOf(name).p?.[name.split(":")[2]] === undefined;
    }
    if (beside && !beside.hidden && beside.dataset.of !== name) close();
  }

  // cumulative here, of the period there: one is typed, the other follows
  function period() {
    const label = part("period");
    if (!label || !current?.input) return;
    const cell = current.name.split(":")[2];
    label.hidden = !CUMULATIVE.has(cell);
    const value = entry.plain(current.input.value, current.input), last = rowOf(current.name).p?.[cell] ?? "0";
    part("of-period").value = /^-?\d+(\.\d+)?$/.test(value) ? entry.sum(value, -Number(last)) : "";
    part("of-period").ariaLabel = `در این مقطع: ${current.input.ariaLabel}`;
  }

  function typePeriod() {
    const typed = latin(part("of-period").value).replaceAll("٫", ".").replace(/[,٬\s]/g, "");
    if (!current?.input || !/^-?\d+(\.\d+)?$/.test(typed)) { period(); return; }
    current.input.value = entry.sum(rowOf(current.name).p?.[current.name.split(":")[2]] ?? "0", typed);
    entry.save(current.input);
  }

  function open(url) {
    beside.hidden = false;
    beside.dataset.of = current.name;
    window.htmx.ajax("GET", url, { target: "#beside", swap: "innerHTML" });
  }

  function close() {
    beside.hidden = true;
    beside.replaceChildren();
  }

  form.addEventListener("focusin", ({ target }) => { if (target.matches("[data-cell], [data-locked]")) show(target); });
  form.addEventListener("input", ({ target }) => { if (target === current?.input) period(); });
  form.addEventListener("entry:saved", ({ detail }) => {
    const { input } = detail, [kind, pk, cell] = input.name.split(":");
    const field = form.querySelector(`[data-of="${kind}:${pk}"]`), row = JSON.parse(field.value);
    const now = new Intl.DateTimeFormat("fa-IR", { timeStyle: "short", timeZone: "Asia/Tehran" }).format(new Date());
    row.l = { ...row.l, [cell]: [[`شما، ${now}`, ""], ...row.l?.[cell] ?? []].slice(0, 3) };
    row.u = row.u?.filter((name) => name !== cell);
    field.value = JSON.stringify(row);
    if (kind === "expense" && cell === "spent") inPeriod(pk, row);
    if (current?.input === input) show(input);
  });

  /** Of a capital project the answer brings it, since it may have several sources. */
  function inPeriod(pk, row) {
    const place = document.getElementById(`d-${pk}`), value = row.c.spent;
    if (place) place.textContent = /^-?\d+$/.test(value) ? `این مقطع ${said(entry.sum(value, -Number(row.p?.spent ?? 0)))}` : "";
  }

  part("of-period")?.addEventListener("change", typePeriod);
  part("of-period")?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.key === "Enter") typePeriod(); else period();
    current.input.focus();
  });
  part("none")?.addEventListener("click", () => { if (current?.input) { entry.none(current.input); current.input.focus(); } });
  part("same")?.addEventListener("click", () => {
    if (!current?.input) return;
    current.input.value = rowOf(current.name).p[current.name.split(":")[2]];
    entry.save(current.input);
    current.input.focus();
  });
  part("history").addEventListener("click", () => open(`/history/${current.name.replaceAll(":", "/")}/`));
  part("remark").addEventListener("click", () => open(`${strip.dataset.remarks}?cell=${current.name}`));
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target !== beside || beside.hidden) return;
    const cell = form.elements[beside.dataset.of];
    const spoken = beside.querySelector(".remarks, .remark-form");
    if (spoken && cell?.dataset) cell.toggleAttribute("data-noted", Boolean(beside.querySelector(".remark:not(.remark--done)")));
    (beside.querySelector("textarea") ?? beside.querySelector("button, a"))?.focus();
  });
  beside.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target));
    window.htmx.ajax("POST", event.target.action, { target: "#beside", swap: "innerHTML", values });
  });
  beside.addEventListener("click", ({ target }) => { if (target.closest("[data-close]")) { close(); form.elements[current.name]?.focus(); } });
  beside.addEventListener("keydown", (event) => { if (event.key === "Escape") { close(); form.elements[current.name]?.focus(); } });
  form.addEventListener("keydown", (event) => {
    if (!event.altKey || !event.target.matches("[data-cell], [data-locked]")) return;
    const button = { KeyH: "history", KeyM: "remark" }[event.code];
    if (button) { event.preventDefault(); part(button).click(); }
    else if (event.code === "KeyP" && part("period") && !part("period").hidden) { event.preventDefault(); part("of-period").focus(); part("of-period").select(); }
  });
})();
