/* The explanation of a warning is saved where it is written, as the cells of the grid are. */
(() => {
  const form = document.getElementById("entry");
  if (!form) return;
  form.addEventListener("change", async ({ target }) => {
    if (!target.name?.startsWith("explain:")) return;
    const state = target.parentElement.querySelector("i") ?? target.parentElement.appendChild(document.createElement("i"));
    const data = new FormData();
    data.append(target.name, target.value);
    state.setAttribute("role", "status");
    state.textContent = "در حال ذخیره";
    try {
      const answer = await fetch(form.dataset.explain, {
        method: "POST",
        body: data,
        headers: { "HX-Request": "true", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
      });
      state.textContent = answer.ok ? await answer.text() : "ذخیره نشد؛ صفحه را تازه کنید.";
    } catch {
      state.textContent = "ذخیره نشد؛ شبکه را بازبینی کنید.";
    }
  });
})();
