// Lessons are dragged to another place; what their Up and Down buttons do too. The page's own form sends it.
(() => {
  "use strict";
  let dragged = null;
  const targetOf = (event) => dragged && event.target.closest("[data-sorting] [data-module]");
  const before = (module, y) =>
    [...module.querySelectorAll("[data-lesson]")].find((each) => {
      const box = each.getBoundingClientRect();
      return each !== dragged && y < box.top + box.height / 2;
    });
  const mark = (row, module) => {
    document.querySelectorAll(".is-drop").forEach((each) => each.classList.remove("is-drop"));
    (row || module?.querySelector("[data-lessons]"))?.classList.add("is-drop");
  };

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-sorting] [data-lesson]") || null;
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const module = targetOf(event);
    if (!module) return;
    event.preventDefault();
    mark(before(module, event.clientY), module);
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    mark(null, null);
  });
  document.addEventListener("drop", (event) => {
    const module = targetOf(event);
    const form = document.getElementById("sorting-drop");
    if (!module || !form) return;
    event.preventDefault();
    form.action = dragged.dataset.url;
    form.elements.place.value = module.dataset.module;
    form.elements.before.value = before(module, event.clientY)?.dataset.lesson || "";
    form.submit();
  });
})();
