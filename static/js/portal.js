/* What every page may use without asking. Pages work without this file; it only adds comfort.
   Small parts, one function each, started at the end. Events are delegated, so content that arrives later works too. */
"use strict";

(() => {
  const PERSIAN = "۰۱۲۳۴۵۶۷۸۹";
  const ARABIC = "٠١٢٣٤٥٦٧٨٩";
  const latin = (text) =>
    text.replace(/[۰-۹]/g, (d) => PERSIAN.indexOf(d)).replace(/[٠-٩]/g, (d) => ARABIC.indexOf(d));
  const persian = (text) => String(text).replace(/\d/g, (d) => PERSIAN[d]);
  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

  /** Figures as a spreadsheet reads them: ASCII digits, no thousands sign, plain minus, no direction marks. */
  function plainNumbers(text) {
    return latin(text)
      .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
      .replace(/\u2212/g, "-")
      .replace(/(\d)\u066c(?=\d{3})/g, "$1")
      .replace(/(\d)\u066b(?=\d)/g, "$1.")
      .replace(/(\d)٪/g, "$1%");
  }

  function copyNumbers() {
    document.addEventListener("copy", (event) => {
      const selection = document.getSelection();
      if (!selection || selection.isCollapsed || isTyping(event.target)) return;
      const around = selection.getRangeAt(0).commonAncestorContainer;
      const element = around.nodeType === Node.ELEMENT_NODE ? around : around.parentElement;
      if (!element.closest("table, .table-box")) return;
      event.clipboardData.setData("text/plain", plainNumbers(selection.toString()));
      event.preventDefault();
    });
  }

  /** Codes and secrets: <button data-copy-text="4058731623">. */
  function copyButtons() {
    on("click", "[data-copy-text]", async (button) => {
      await navigator.clipboard.writeText(button.dataset.copyText);
      toast("رونوشت برداشته شد");
    });
  }

  /** A figure is grouped when left and plain while it is typed. Anything that is not a whole number stays as typed. */
  function groupNumbers() {
    const figure = (target) => target.matches?.("input[inputmode=decimal]");
    const ungroup = (input) => {
      const before = (position) => input.value.slice(0, position).replaceAll(",", "").length;
      const [start, end] = [before(input.selectionStart), before(input.selectionEnd)];
      input.value = input.value.replaceAll(",", "");
      input.setSelectionRange(start, end);
    };
    document.addEventListener("focusin", ({ target }) => {
      if (!figure(target) || !/^-?\d{1,3}(,\d{3})+$/.test(target.value)) return;
      const shown = target.value; // what was typed or pasted meanwhile is not ours to change
      setTimeout(() => { if (target.value === shown) ungroup(target); }); // after the caret is placed or all selected
    });
    document.addEventListener("focusout", ({ target }) => {
      if (!figure(target)) return;
      const typed = latin(target.value.trim());
      if (/^-?\d+$/.test(typed)) target.value = grouped(typed);
    });
  }

  function navigation() {
    on("click", "[data-nav-toggle]", (toggle, event) => {
      event.preventDefault();
      const open = document.getElementById(toggle.getAttribute("aria-controls")).classList.toggle("nav--open");
      toggle.setAttribute("aria-expanded", String(open));
    });
    on("keydown", "[data-nav-toggle]", (toggle, event) => {
      if (event.key === " ") { event.preventDefault(); toggle.click(); }
    });
    document.addEventListener("click", ({ target }) => {
      for (const menu of document.querySelectorAll("details[data-menu][open]")) {
        if (!menu.contains(target)) menu.open = false;
      }
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      const menu = event.target.closest?.("details[data-menu][open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    });
  }

  /** <a href="…/confirm/" data-dialog="close-period">: a native dialog here, the page behind the link without script. */
  function dialogs() {
    on("click", "[data-dialog]", (opener, event) => {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (!dialog?.showModal) return;
      event.preventDefault();
      dialog.showModal();
      dialog.querySelector("[data-dialog-close]")?.focus(); // the safe button
    });
    on("click", "[data-dialog-close]", (closer, event) => {
      const dialog = closer.closest("dialog");
      if (dialog?.matches(":modal")) { event.preventDefault(); dialog.close(); }
    });
  }

  const LIFE_OF_TOAST = 6000;

  function expire(element) {
    let timer = setTimeout(() => element.remove(), LIFE_OF_TOAST);
    const hold = () => clearTimeout(timer);
    const release = () => { timer = setTimeout(() => element.remove(), LIFE_OF_TOAST / 2); };
    element.addEventListener("pointerenter", hold);
    element.addEventListener("focusin", hold);
    element.addEventListener("pointerleave", release);
    element.addEventListener("focusout", release);
  }

  /** Confirmations only; errors stay on the page. */
  function toast(text) {
    const element = document.createElement("div");
    element.className = "toast";
    element.textContent = text;
    document.getElementById("toasts")?.append(element);
    expire(element);
  }

  function toasts() {
    for (const element of document.querySelectorAll("[data-toast]")) {
      for (const button of element.querySelectorAll("[data-toast-close]")) button.hidden = false;
      expire(element);
    }
    on("click", "[data-toast-close]", (button) => button.closest("[data-toast]").remove());
    document.body.addEventListener("toast", ({ detail }) => toast(detail.text ?? detail.value)); // HX-Trigger
  }

  /** One polite region for the whole page; at most one message per action. */
  function say(text) {
    const region = document.getElementById("live");
    if (region) region.textContent = text;
  }

  function partials() {
    document.body.addEventListener("say", ({ detail }) => say(detail.text ?? detail.value)); // HX-Trigger
    document.body.addEventListener("htmx:beforeRequest", ({ detail }) => detail.target?.setAttribute("aria-busy", "true"));
    document.body.addEventListener("htmx:afterRequest", ({ detail }) => detail.target?.removeAttribute("aria-busy"));
    document.body.addEventListener("htmx:sendError", () => say("پاسخی از سامانه نرسید. اتصال را بررسی کنید."));
  }

  const isTyping = (target) =>
    target.closest?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]");

  /** Whoever signs out leaves no page behind in this browser. */
  function forgetPages() {
    on("click", "a[href*='/logout/']", () => { window.caches?.keys().then((names) => names.forEach((name) => caches.delete(name))).catch(() => {}); });
  }

  const off = () => localStorage.getItem("keys") === "off"; // keys of one letter, WCAG 2.1.4

  /** Keys by place, not by letter: the Persian layout changes event.key. Any control may say data-key="KeyA". */
  function keyboard() {
    const list = document.querySelector("dialog#keys");
    for (const button of document.querySelectorAll("[data-keys]")) button.hidden = !list;
    on("click", "[data-keys]", () => list?.showModal());
    for (const box of document.querySelectorAll("[data-keys-off]")) box.checked = off();
    on("change", "[data-keys-off]", (box) => localStorage.setItem("keys", box.checked ? "off" : "on"));
    let waitingForG = 0;
    document.addEventListener("keydown", (event) => {
      if (off() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (isTyping(event.target) || document.querySelector("dialog:modal")) return;
      const second = Date.now() - waitingForG < 1200 ? `g ${event.code}` : "";
      waitingForG = event.code === "KeyG" ? Date.now() : 0;
      const go = { "g KeyW": "/inbox/", "g KeyP": "/projects/" }[second];
      if (go) { location.assign(go); return; }
      if (second) return;
      if (pressed(event, list)) event.preventDefault();
    });
  }

  function pressed(event, list) {
    if (event.code === "Slash" && event.shiftKey) { list?.showModal(); return true; }
    if (event.code === "Slash") return focusSearch();
    if (event.code === "KeyJ") return step(1);
    if (event.code === "KeyK") return step(-1);
    if (event.code === "KeyX") return tick();
    const control = document.querySelector(`[data-key="${event.code}"]:not([disabled], [aria-disabled="true"])`);
    // Some keys lead to where something is written instead of pressing: the reason of a return, a question.
    if (control?.dataset.keyFocus) document.querySelector(control.dataset.keyFocus)?.focus();
    else control?.click();
    return Boolean(control);
  }

  function focusSearch() {
    const box = [...document.querySelectorAll("[data-search]")].find((input) => input.checkVisibility());
    box?.focus();
    return Boolean(box);
  }

  function step(by) {
    const links = [...document.querySelectorAll(".queue .queue__link")];
    if (!links.length) return false;
    const open = links.findIndex((link) => link.closest(".queue__item--open"));
    const next = links[Math.min(Math.max(open + by, 0), links.length - 1)];
    next.focus();
    next.click();
    return true;
  }

  function tick() {
    const box = document.querySelector(".queue__item--open input[type=checkbox]:not([disabled])");
    box?.click();
    return Boolean(box);
  }

  function uploads() {
    const LIMIT = 10 * 1024 * 1024;
    const megabytes = (bytes) => persian((bytes / 1048576).toFixed(1)).replace(".", "٫");
    for (const area of document.querySelectorAll("[data-upload]")) {
      area.classList.add("upload--ready");
      area.querySelector(".upload__button").hidden = false;
    }
    on("change", "[data-upload] input[type=file]", (input) => {
      const chosen = [...input.files].map((file) => `${file.name} (${megabytes(file.size)} مگابایت)`);
      input.closest("[data-upload]").querySelector("output").textContent = chosen.join("، ");
      const large = [...input.files].find((file) => file.size > LIMIT);
      input.setCustomValidity(large ? `حجم پرونده ${megabytes(large.size)} مگابایت است؛ حداکثر ۱۰ مگابایت.` : "");
      input.reportValidity();
    });
    for (const name of ["dragover", "dragleave", "drop"]) {
      on(name, "[data-upload]", (area, event) => {
        event.preventDefault();
        area.classList.toggle("upload--over", name === "dragover");
        if (name !== "drop" || !event.dataTransfer.files.length) return;
        const input = area.querySelector("input[type=file]");
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      });
    }
  }

  /** Filters apply themselves; their button is for browsers without script. */
  function filters() {
    on("change", "form[data-auto] select, form[data-auto] input", (input) => input.form.requestSubmit());
    for (const button of document.querySelectorAll("form[data-auto] [data-auto-hide]")) button.hidden = true;
  }

  function printing() {
    for (const button of document.querySelectorAll("[data-print], [data-copy-text]")) button.hidden = false;
    on("click", "[data-print]", () => window.print());
    window.addEventListener("beforeprint", () => {
      const now = new Intl.DateTimeFormat("fa-IR-u-ca-persian", { dateStyle: "short", timeStyle: "short", timeZone: "Asia/Tehran" });
      for (const place of document.querySelectorAll("[data-printed-at]")) place.textContent = now.format(new Date());
    });
  }

  function firstFocus() {
    document.querySelector("[data-focus]")?.focus();
  }

  function on(name, selector, act) {
    document.addEventListener(name, (event) => {
      const found = event.target.closest?.(selector);
      if (found) act(found, event);
    });
  }

  for (const part of [copyNumbers, copyButtons, groupNumbers, navigation, dialogs, toasts, partials, keyboard, forgetPages, uploads, filters, printing, firstFocus]) part();

  window.portal = Object.freeze({ say, toast, latin, persian, grouped, plainNumbers });
})();
