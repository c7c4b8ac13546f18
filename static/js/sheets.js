/* A block pasted into the grid opens its preview, laid on from that cell; in the preview the button counts what is ticked. */
"use strict";

(() => {
  const grid = document.querySelector("form[data-sheet]");

  function preview(url, fields) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = url;
    for (const [name, value] of Object.entries(fields)) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  }

  grid?.addEventListener("paste", (event) => {
    const input = event.target.closest("input[name*=':']");
    const text = event.clipboardData.getData("text/plain");
    if (!input || !/\t|\n./.test(text)) return;
    event.preventDefault();
    const token = grid.elements.csrfmiddlewaretoken.value;
    preview(grid.dataset.sheet, { csrfmiddlewaretoken: token, text, start: input.name });
  });

  const count = document.querySelector("[data-ticked]");
  const ticks = [...document.querySelectorAll(".sheet-tick")];
  const doubts = [...document.querySelectorAll(".sheet-doubt")];
  const hidden = document.querySelectorAll("#apply input[type=hidden][name=row]").length;
  if (!count || !ticks.length) return;
  document.addEventListener("change", (event) => {
    const doubt = event.target.closest(".sheet-doubt");
    if (doubt) {
      const row = doubt.closest("tr").querySelector(".sheet-tick");
      if (row) row.checked = doubts.filter((one) => one.closest("tr") === doubt.closest("tr"))
        .some((one) => one.querySelector("input:checked")?.value);
    }
    count.textContent = window.portal.persian(String(ticks.filter((tick) => tick.checked).length + hidden));
  });
})();
