// Cards of a board are dragged to another column; what the menu of a card does too. The page's own form sends it.
// Filters put another board in the place of this one, so the page listens, not the board.
(() => {
  "use strict";
  let dragged = null;
  const columnOf = (event) => dragged && event.target.closest("[data-move-board] [data-column]");
  const mark = (column) =>
    document.querySelectorAll("[data-column]").forEach((each) => each.classList.toggle("is-over", each === column));

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-move-board] [data-card]");
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => {
    const column = columnOf(event);
    if (!column) return;
    event.preventDefault();
    mark(column);
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    mark(null);
  });
  document.addEventListener("drop", (event) => {
    const column = columnOf(event);
    const form = document.getElementById("board-drop");
    if (!column || !form) return;
    event.preventDefault();
    if (column.dataset.column === dragged.dataset.stage) return;
    form.action = column.closest("[data-move-board]").dataset.moveUrl.replace("987654321", dragged.dataset.card);
    form.elements.stage.value = column.dataset.column;
    form.elements.seen.value = dragged.dataset.stage;
    form.submit();
  });
})();
