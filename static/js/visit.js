/* The visit's form: a draft in this browser, and the place by one touch. Without this file the form works as well. */
"use strict";

(() => {
  const form = document.querySelector("form[data-visit]");
  if (!form) return;
  const key = `visit:${form.dataset.visit}`;
  const version = Number(form.dataset.version);
  const skip = new Set(["csrfmiddlewaretoken", "version", "action", "camera", "gallery"]);
  const state = form.querySelector("[data-draft-state]");
  const clock = (moment) =>
    new Intl.DateTimeFormat("fa-IR-u-ca-persian", { hour: "2-digit", minute: "2-digit", month: "long", day: "numeric", timeZone: "Asia/Tehran" }).format(moment);

  function typed() {
    const values = {};
    for (const [name, value] of new FormData(form)) {
      if (!skip.has(name) && typeof value === "string") values[name] = value;
    }
    return values;
  }

  function read() {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  }

  function write(draft) {
    try { localStorage.setItem(key, JSON.stringify(draft)); return true; } catch { return false; }
  }

  const same = (one, other) => JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());

  /** Each change is kept here until the server has answered with a newer version of the page. */
  function keepDraft() {
    form.addEventListener("input", () => {
      const kept = write({ version, at: Date.now(), values: typed(), sent: false });
      if (kept && state) state.textContent = `پیش‌نویس ${clock(Date.now())} در این دستگاه ذخیره شد`;
    });
    form.addEventListener("submit", () => {
      const draft = read();
      if (draft) write({ ...draft, sent: true });
    });
  }

  function offerDraft() {
    const draft = read();
    if (!draft) return;
    if ((draft.sent && version > draft.version) || same(draft.values, typed())) {
      localStorage.removeItem(key);
      return;
    }
    const notice = document.getElementById("draft");
    notice.querySelector("[data-draft-time]").textContent = clock(draft.at);
    notice.hidden = false;
    notice.querySelector("[data-draft-restore]").addEventListener("click", () => {
      fill(draft.values);
      notice.hidden = true;
      portal.say("نوشته‌ها بازگردانده شد؛ برای ثبت، ذخیره کنید.");
    });
    notice.querySelector("[data-draft-drop]").addEventListener("click", () => {
      localStorage.removeItem(key);
      notice.hidden = true;
    });
  }

  function fill(values) {
    for (const field of form.elements) {
      if (!field.name || skip.has(field.name)) continue;
      if (field.type === "radio") field.checked = values[field.name] === field.value;
      else if (field.name in values) field.value = values[field.name];
    }
    form.querySelector("input[inputmode]").dispatchEvent(new Event("change", { bubbles: true }));
  }

  const PROBLEMS = {
    1: "دسترسی به موقعیت بسته است. در تنظیمات مرورگر آن را باز کنید یا موقعیت را با دست بنویسید.",
    2: "موقعیت به دست نیامد. در فضای باز دوباره بکوشید یا آن را با دست بنویسید.",
    3: "دریافت موقعیت طول کشید. دوباره بکوشید یا آن را با دست بنویسید.",
  };

  function place() {
    const button = form.querySelector("[data-gps]");
    if (!button || !navigator.geolocation) return;
    const label = button.querySelector("[data-gps-label]");
    const problem = form.querySelector("[data-gps-problem]");
    const words = label.textContent;
    button.hidden = false;
    const byHand = form.querySelector("[data-typed-place]");
    if (!byHand.querySelector(".field__error")) byHand.open = false;
    button.addEventListener("click", () => {
      label.textContent = "در حال دریافت موقعیت…";
      button.setAttribute("aria-busy", "true");
      problem.textContent = "";
      const done = () => { label.textContent = words; button.removeAttribute("aria-busy"); };
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        done();
        form.elements.latitude.value = coords.latitude.toFixed(5);
        form.elements.longitude.value = coords.longitude.toFixed(5);
        form.elements.accuracy_m.value = String(Math.round(coords.accuracy));
        form.elements.latitude.dispatchEvent(new Event("input", { bubbles: true }));
        form.elements.latitude.dispatchEvent(new Event("change", { bubbles: true })); // the server tells the distance
        label.textContent = "ثبت دوبارهٔ موقعیت";
        portal.say("موقعیت دریافت شد.");
      }, (error) => { done(); problem.textContent = PROBLEMS[error.code] ?? PROBLEMS[2]; },
      { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 });
    });
  }

  /** The next cause shows itself when the one before is chosen. */
  function causes() {
    const rows = [...form.querySelectorAll(".visit-cause")];
    const chosen = (row) => [...row.querySelectorAll("select, input")].some((field) => field.value) || row.querySelector(".field__error");
    const show = () => rows.forEach((row, index) => { row.hidden = index > 0 && !chosen(row) && !chosen(rows[index - 1]); });
    show();
    form.addEventListener("change", show);
  }

  /** What was chosen is said, and a file that is too large is named before it is sent. */
  function photos() {
    const LIMIT = 10 * 1024 * 1024;
    form.addEventListener("change", ({ target }) => {
      if (target.type !== "file") return;
      const large = [...target.files].find((file) => file.size > LIMIT);
      target.setCustomValidity(large ? `حجم «${large.name}» بیش از ۱۰ مگابایت است.` : "");
      target.reportValidity();
      const count = target.files.length;
      target.closest(".visit-file").querySelector("output").textContent =
        count > 1 ? `${portal.persian(count)} عکس برگزیده شد` : target.files[0]?.name ?? "";
    });
    form.classList.add("visit--ready");
  }

  keepDraft();
  offerDraft();
  place();
  causes();
  photos();
})();
