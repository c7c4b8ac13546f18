/* A table pasted into a form that has rows opens its preview; one value is pasted as everywhere. */
"use strict";

(() => {
  const form = document.getElementById("entry");

  function preview(url, text) {
    const sheet = document.createElement("form");
    sheet.method = "post";
    sheet.action = url;
    const fields = { csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, text };
    for (const [name, value] of Object.entries(fields)) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      sheet.append(field);
    }
    document.body.append(sheet);
    sheet.submit();
  }

  form?.addEventListener("paste", (event) => {
    const table = event.target.closest("[data-paste]");
    const text = event.clipboardData.getData("text/plain");
    if (!table || !/\t/.test(text)) return;
    event.preventDefault();
    preview(table.dataset.paste, text);
  });
})();
