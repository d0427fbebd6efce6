// Runs before anything is drawn: "as the device" becomes light or dark, and follows the device while the page is open.
(() => {
  const root = document.documentElement;

  // Paper is light, and so are the charts on it.
  let shown = null;
  window.addEventListener("beforeprint", () => { shown = root.getAttribute("data-bs-theme"); root.setAttribute("data-bs-theme", "light"); });
  window.addEventListener("afterprint", () => { if (shown) root.setAttribute("data-bs-theme", shown); });

  if (root.dataset.themeChoice !== "auto") return;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  apply();
  dark.addEventListener("change", apply);
})();
