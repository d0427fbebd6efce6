// What pages need beyond plain HTML: menus, dialogs, messages, row clicks, selection, keys. No texts here: they are in the page.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (target) => target.closest("input, textarea, select, [contenteditable=true]");

  // --- Menus: one open at a time, closed by Esc or a click outside ---------------------------------------------------

  function closeMenus(except) {
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(except)) menu.open = false; });
  }

  // The portal's bar scrolls on a phone: where one is has to be seen.
  const bar = document.querySelector(".topbar-list");
  const here = bar?.querySelector("[aria-current]");
  if (here) bar.scrollLeft = here.offsetLeft - bar.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;

  const sidebar = document.querySelector(".sidebar");
  const place = sidebar?.querySelector("[aria-current]");
  if (place) {
    const list = place.closest(".sidebar-menu");
    const below = place.getBoundingClientRect().bottom - list.getBoundingClientRect().bottom;
    if (below > 0) list.scrollTop += below + list.clientHeight / 3;
  }
  let sidebarOpener = null;

  // What is folded in the menu stays so: the server reads the cookie, so that nothing jumps on the next page.
  function keepFold(fold, isOpen) {
    const kept = document.cookie.match(/(?:^|; )folds=([^;]*)/)?.[1].split(".") ?? [];
    const others = kept.filter((each) => each && each.slice(0, -1) !== fold.dataset.fold);
    const value = [...others, fold.dataset.fold + (isOpen ? "+" : "-")].join(".");
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `folds=${value}; path=/; max-age=31536000; samesite=lax${secure}`;
  }

  function openSidebar(opener) {
    sidebarOpener = opener;
    sidebar.classList.add("is-open");
    sidebar.querySelector(".sidebar-link, .sidebar-close")?.focus();
  }

  function closeSidebar() {
    if (!sidebar?.classList.contains("is-open")) return false;
    sidebar.classList.remove("is-open");
    sidebarOpener?.focus();
    return true;
  }

  // --- Dialog: filled by htmx (hx-target="#dialog") or opened as it stands ([data-dialog="id"]) ----------------------

  const dialog = document.getElementById("dialog");

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target === dialog && dialog.firstElementChild && !dialog.open) dialog.showModal();
  });

  // --- Clicks --------------------------------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const target = event.target;
    closeMenus(target);

    const opener = target.closest("[data-menu-open]");
    if (opener && sidebar) { event.preventDefault(); openSidebar(opener); return; }
    const quick = target.closest("[data-quick]");
    if (quick && dialog && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      htmx.ajax("GET", quick.href, { target: "#dialog" });
      return;
    }
    const fold = target.closest("[data-fold] > summary")?.parentElement;
    if (fold) keepFold(fold, !fold.open);
    if (target.closest("[data-menu-close]")) { event.preventDefault(); closeSidebar(); return; }
    if (sidebar?.classList.contains("is-open") && !sidebar.contains(target)) closeSidebar();

    const dialogOpener = target.closest("[data-dialog]");
    if (dialogOpener) { event.preventDefault(); document.getElementById(dialogOpener.dataset.dialog)?.showModal(); return; }
    if (target.closest("[data-dialog-close]") || (target.nodeName === "DIALOG" && target.open)) {
      event.preventDefault();
      target.closest("dialog")?.close();
      return;
    }
    const filters = target.closest("[data-filters-toggle]");
    if (filters) { filters.setAttribute("aria-expanded", filters.form.classList.toggle("is-open")); return; }
    if (target.closest("[data-dismiss]")) { target.closest("[data-message]")?.remove(); return; }

    // A row is clickable as a whole; text in it can still be selected, and other links and boxes stay themselves.
    const row = target.closest("tr.is-link");
    if (row && !target.closest("a, button, input, label, select, summary") && !String(window.getSelection())) {
      const link = row.querySelector("a.row-link");
      if (link && (event.ctrlKey || event.metaKey)) window.open(link.href, "_blank", "noopener");
      else link?.click();
    }
  });

  // --- Keys: / to the search, Alt+C to the quick entry, Esc closes, arrows walk the rows of a list ---------------------------------------------

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details.menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
      else closeSidebar();
      return;
    }
    if (event.key === "/" && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector("[data-slash]");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
      return;
    }
    if (event.altKey && event.code === "KeyC" && !event.ctrlKey && !event.metaKey) {
      const quick = document.querySelector("[data-quick]");
      if (quick) { event.preventDefault(); quick.click(); }
      return;
    }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.matches?.("a.row-link")) {
      const links = all("a.row-link", event.target.closest("table"));
      const next = links[links.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); }
    }
  });

  // --- Addresses to send: copied, or handed to the phone's own ways, where the browser can ----------------------------

  function showSharing(root = document) {
    if (navigator.clipboard) all("[data-copy]", root).forEach((button) => { button.hidden = false; });
    if (navigator.share) all("[data-share]", root).forEach((button) => { button.hidden = false; });
  }
  showSharing();
  document.addEventListener("htmx:afterSwap", (event) => showSharing(event.target));

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-share]");
    if (!button) return;
    const address = button.closest("li").querySelector("input[readonly]");
    if (button.hasAttribute("data-share")) {
      navigator.share({ title: button.dataset.title || document.title, url: address.value }).catch(() => {}); // closed without sending
      return;
    }
    try {
      await navigator.clipboard.writeText(address.value);
      button.textContent = button.dataset.done;
    } catch {
      address.select();
    }
  });

  // --- Selecting rows ------------------------------------------------------------------------------------------------

  document.addEventListener("change", (event) => {
    const box = event.target;
    const form = box.closest("form[data-selectable]");
    if (!form || box.type !== "checkbox") return;
    const boxes = all("input[name=selected]", form);
    if (box.hasAttribute("data-select-page")) boxes.forEach((other) => { other.checked = box.checked; });
    if (box.hasAttribute("data-select-page") || box.name === "selected") {
      const chosen = boxes.filter((other) => other.checked).length;
      const head = form.querySelector("[data-select-page]");
      head.checked = chosen === boxes.length;
      head.indeterminate = chosen > 0 && chosen < boxes.length;
      form.classList.toggle("has-selection", chosen > 0);
      all("[data-selected-count]", form).forEach((place) => { place.textContent = chosen; });
      const everything = form.querySelector("[data-select-all]");
      if (everything) {
        everything.hidden = chosen < boxes.length;
        if (chosen < boxes.length) everything.querySelector("input").checked = false;
      }
    }
  });

  // --- Choosing all of a list of boxes ([data-choose-all] names them), or none once all are chosen ---------------------

  all("[data-choose-all]").forEach((button) => {
    const boxes = all(`input[name="${button.dataset.chooseAll}"]`, button.form);
    if (boxes.length < 2) return;
    const said = () => {
      button.textContent = boxes.every((box) => box.checked) ? button.dataset.none : button.dataset.all;
    };
    boxes[0].closest(".field").append(button);
    button.hidden = false;
    button.addEventListener("click", () => {
      const isAll = !boxes.every((box) => box.checked);
      boxes.forEach((box) => { box.checked = isAll; });
      said();
    });
    button.form.addEventListener("change", said);
    said();
  });

  // --- Filters: addresses without empty parameters -------------------------------------------------------------------

  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches("[data-filters]")) return;
    const values = event.detail.parameters;
    Object.keys(values).forEach((name) => { if (values[name] === "") delete values[name]; });
  });

  // --- Forms that send themselves ([data-autosubmit]), and buttons that are pressed only once ------------------------

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
  });

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    const button = event.submitter;
    if (button) setTimeout(() => { button.disabled = true; }, 0);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) all("button[type=submit]:disabled").forEach((button) => { button.disabled = false; });
  });

  // A form that is met again by Back is the form that was sent: its key stays with the place in the history, since the page
  // itself is asked for anew. Whoever loads the page anew begins anew.
  const key = document.querySelector("main input[name=form_key]");
  const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (key && isBack && history.state?.formKey) key.value = history.state.formKey;
  else if (key) history.replaceState({ ...history.state, formKey: key.value }, "");

  // --- Whose clock the times are by, for who is elsewhere ------------------------------------------------------------

  const clock = document.querySelector("[data-zone]");
  const now = new Date();
  const at = (timeZone) => now.toLocaleString("en", { timeZone });
  try {
    if (clock) clock.hidden = at(clock.dataset.zone) === at();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;  // a zone that this browser does not know: say whose clock it is
    clock.hidden = false;
  }

  // --- A passkey that did not work: said in words that are in the page ----------------------------------------------

  document.addEventListener("allauth.error", (event) => {
    const place = document.querySelector("[data-passkey-error]");
    if (place) { event.preventDefault(); place.hidden = false; }
  });

  // --- What went wrong in the page itself, said in words that are in it ----------------------------------------------

  const taken = (...names) => names.forEach((name) => all(`[data-told=${name}]`).forEach((message) => message.remove()));
  function tell(name) {
    taken(name);
    const message = document.querySelector(`template[data-trouble=${name}]`)?.content.cloneNode(true);
    if (message) (document.querySelector("dialog[open]") ?? document.querySelector(".messages")).prepend(message);
  }

  // A part that does not come is told of until one comes again; what asks every second says it once.
  let silent = "";
  const missing = (name) => ({ detail }) => {
    if (silent !== name || !detail.elt.matches("[hx-trigger^=every]")) tell(name);
    silent = name;
  };
  document.addEventListener("htmx:sendError", missing("network"));
  document.addEventListener("htmx:responseError", missing("answer"));
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (!event.detail.successful) return;
    silent = "";
    taken("network", "answer");
  });

  // What is pasted into a field with a limit is cut by the browser without a word.
  document.addEventListener("paste", (event) => {
    const field = event.target.closest("[maxlength]");
    if (!field) return;
    const room = field.maxLength - field.value.length + field.selectionEnd - field.selectionStart;
    if (event.clipboardData.getData("text").length > room) tell("cut");
  });

  // --- A form that comes back leads to the first thing that is wrong in it ------------------------------------------

  const toWrong = (root) => {
    const field = root.querySelector(".field.has-error");
    field?.scrollIntoView({ block: "center", behavior: "instant" });
    field?.querySelector("input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });
  };
  toWrong(document);
  document.addEventListener("htmx:afterSwap", (event) => { if (event.target === dialog) toWrong(dialog); });

  // --- Good news leaves by itself; what went wrong, and what has several lines to read, stays -----------------------

  const leave = () => all(".message-success, .message-info").forEach((message) => {
    if (message.querySelector("p")?.textContent.includes("\n")) return;
    setTimeout(() => { if (!message.matches(":hover, :focus-within")) message.remove(); }, 8000);
  });
  leave();
  document.addEventListener("htmx:afterSettle", leave);
})();
