// Cards of a board are dragged to another column; what the menu of a card does too. The page's own form sends it.
(() => {
  "use strict";
  const board = document.querySelector("[data-move-board]");
  const form = document.getElementById("board-drop");
  if (!board || !form) return;
  let dragged = null;

  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-card]");
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  board.addEventListener("dragover", (event) => {
    const column = event.target.closest("[data-column]");
    if (!dragged || !column) return;
    event.preventDefault();
    board.querySelectorAll(".is-over").forEach((each) => each.classList.toggle("is-over", each === column));
    column.classList.add("is-over");
  });
  board.addEventListener("dragend", () => {
    dragged = null;
    board.querySelectorAll(".is-over").forEach((each) => each.classList.remove("is-over"));
  });
  board.addEventListener("drop", (event) => {
    const column = event.target.closest("[data-column]");
    if (!dragged || !column) return;
    event.preventDefault();
    if (column.dataset.column === dragged.dataset.stage) return;
    form.action = board.dataset.moveUrl.replace("987654321", dragged.dataset.card);
    form.elements.stage.value = column.dataset.column;
    form.elements.seen.value = dragged.dataset.stage;
    form.submit();
  });
})();
