/* The reviewer's list: what is ticked, in words, while it is ticked. The page works without this file. */
"use strict";

(() => {
  const said = document.querySelector("[data-bulk-said]");
  if (!said) return;
  const boxes = () => [...document.querySelectorAll(".queue input[name=rows]")];
  const { persian, grouped } = window.portal;

  function tell() {
    const ticked = boxes().filter((box) => box.checked);
    const clean = ticked.filter((box) => !("blocked" in box.dataset));
    const sum = clean.reduce((total, box) => total + BigInt(box.dataset.spent || 0), 0n);
    const money = persian(grouped(String(sum))).replaceAll(",", "٬");
    const rest = ticked.length - clean.length;
    said.hidden = !ticked.length;
    said.textContent =
      `${persian(clean.length)} ردیف بدون هشدار، جمع عملکرد ${money} میلیون ریال` +
      (rest ? ` · ${persian(rest)} ردیف دارای هشدار کنار می‌ماند` : "");
  }

  document.addEventListener("change", ({ target }) => {
    if (target.matches?.(".queue input[name=rows]")) tell();
  });
  tell();
})();
