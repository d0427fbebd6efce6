// The lesson's page around a package, which plays in a frame of another origin: the menu of its activities, what is done of
// them, and whether it has been kept. From the frame come only words that change what is shown here.
(() => {
  "use strict";
  const box = document.querySelector("[data-scorm]");
  if (!box) return;
  const frame = box.querySelector("iframe");
  const said = box.querySelector("[data-said]");
  const done = document.querySelector("[data-scorm-done]");
  const large = box.querySelector("[data-large]");
  const silent = box.querySelector("[data-silent]");
  const items = [...box.querySelectorAll("[data-play]")];
  const LONGEST_SILENCE = 20000;
  const SILENCE_ONCE_LOADED = 2000; // the page that plays says so before it is loaded; a browser's error page says nothing

  window.addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== box.dataset.origin) return;
    const told = event.data;
    if (told?.prm === "ready") ready();
    if (told?.prm === "kept") kept(told);
    if (told?.prm === "trouble") said.textContent = box.dataset.trouble;
    if (told?.prm === "go") go(String(told.to));
  });

  let silence = 0;
  let isReady = false;
  function listen(milliseconds) {
    clearTimeout(silence);
    silence = setTimeout(() => { silent.hidden = false; }, milliseconds);
  }
  function open(address) {
    silent.hidden = true;
    isReady = false;
    listen(LONGEST_SILENCE);
    frame.src = address;
  }
  function ready() {
    isReady = true;
    clearTimeout(silence);
    silent.hidden = true;
    frame.contentWindow.postMessage({ prm: "hello" }, box.dataset.origin);
  }
  frame.addEventListener("load", () => { if (!isReady) listen(SILENCE_ONCE_LOADED); });

  function kept(told) {
    said.textContent = told.is_stale === true ? box.dataset.stale : box.dataset.kept;
    const item = items.find((each) => each.dataset.play === String(told.activity));
    if (item && told.is_done === true) item.classList.add("is-done");
    if (done && told.lesson_done === true) done.hidden = false;
  }

  function play(item) {
    items.forEach((each) => each.removeAttribute("aria-current"));
    item.setAttribute("aria-current", "true");
    said.textContent = "";
    open(item.dataset.address);
  }

  function go(to) {
    const at = items.findIndex((each) => each.hasAttribute("aria-current"));
    const next = { continue: items[at + 1], previous: items[at - 1] }[to];
    if (next) play(next);
  }

  items.forEach((each) => each.addEventListener("click", () => play(each)));

  function enlarge(isLarge) {
    box.classList.toggle("is-large", isLarge);
    large.setAttribute("aria-pressed", String(isLarge));
    large.textContent = isLarge ? large.dataset.smaller : large.dataset.larger;
  }
  large.addEventListener("click", () => enlarge(!box.classList.contains("is-large")));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") enlarge(false); });

  // Only now, so that nothing it says is missed.
  open(frame.dataset.address);
})();
