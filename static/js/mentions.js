// Names behind an @: what is typed goes into a hidden field that asks the server (htmx); a click or Enter takes a name over.
(() => {
  "use strict";
  const TYPED = /(?:^|[^\w.+-])@([^\s@][^@\n]{0,29}|)$/;

  const boxOf = (target) => target.closest("[data-mention-box]");
  const listOf = (box) => box.querySelector(".mention-list");

  function typedAt(area) {
    const found = TYPED.exec(area.value.slice(0, area.selectionStart));
    return found ? found[1] : null;
  }

  function close(box) {
    const list = listOf(box);
    list.hidden = true;
    list.replaceChildren();
  }

  document.addEventListener("input", (event) => {
    const area = event.target;
    if (!area.matches("textarea[data-mentions]") || !boxOf(area)) return;
    const box = boxOf(area), typed = typedAt(area);
    if (typed === null) { close(box); return; }
    const query = box.querySelector("[data-mention-query]");
    query.value = typed;
    query.dispatchEvent(new CustomEvent("mention", { bubbles: true }));
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (!event.target.matches(".mention-list")) return;
    const area = boxOf(event.target).querySelector("textarea");
    event.target.hidden = !event.target.firstElementChild || typedAt(area) === null;
  });

  function take(offer) {
    const box = boxOf(offer), area = box.querySelector("textarea");
    const place = area.selectionStart, before = area.value.slice(0, place);
    const start = before.lastIndexOf("@"), name = `@${offer.dataset.mention} `;
    area.value = before.slice(0, start) + name + area.value.slice(place);
    area.focus();
    area.setSelectionRange(start + name.length, start + name.length);
    close(box);
  }

  document.addEventListener("click", (event) => {
    const offer = event.target.closest("[data-mention]");
    if (offer) take(offer);
  });

  document.addEventListener("keydown", (event) => {
    const box = boxOf(event.target);
    if (!box || listOf(box).hidden) return;
    const offers = [...listOf(box).children];
    const here = offers.indexOf(event.target);
    if (event.key === "Escape") { event.preventDefault(); close(box); box.querySelector("textarea").focus(); }
    if (event.key === "ArrowDown" && offers[here + 1]) { event.preventDefault(); offers[here + 1].focus(); }
    if (event.key === "ArrowUp" && here >= 0) {
      event.preventDefault();
      (offers[here - 1] || box.querySelector("textarea")).focus();
    }
    if ((event.key === "Enter" || event.key === "Tab") && here < 0) { event.preventDefault(); take(offers[0]); }
  });
})();
