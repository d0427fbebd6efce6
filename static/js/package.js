// Plays a package at an origin of its own: holds the runtime (scorm-again), where the package below looks for it, and sends
// what it reports. Each report is the whole state, so only the latest has to arrive; it is tried until it does.
(async () => {
  "use strict";
  const { version, launch, portals, failed } = document.body.dataset;
  const reports = "reports" in document.body.dataset;
  const keeps = "keeps" in document.body.dataset;
  const frame = document.querySelector("iframe");
  const told = document.querySelector(".told");
  const AUTOSAVE = 3000;
  const LONGEST_WAIT = 30000;
  const MOST_WHILE_LEAVING = 60000; // browsers let no more go out from a page that is left

  function say(text) { told.textContent = text; told.hidden = !text; }

  // The portal's page says hello, so that nothing is told to any other.
  let portal = "";
  let waiting = [];
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data?.prm !== "hello" || !portals.split(" ").includes(event.origin)) return;
    portal = event.origin;
    waiting.forEach(tell);
    waiting = [];
  });
  function tell(message) {
    if (portal) window.parent.postMessage(message, portal);
    else waiting.push(message);
  }
  if (window.parent !== window) window.parent.postMessage({ prm: "ready" }, "*");

  let visit;
  try {
    const response = await fetch("start", { method: "POST" });
    if (!response.ok) throw new Error(String(response.status));
    visit = await response.json();
  } catch {
    say(failed);
    return;
  }

  let sequence = 0;
  let pending = "";
  let isSending = false;
  let isLeaving = false;
  let wait = 1000;

  function report(cmi) {
    sequence += 1;
    pending = JSON.stringify({ session: visit.session, sequence, cmi });
    if (isLeaving) sendLeaving();
    else if (keeps) send();
    else goOn();
  }

  // What the package asked for as it ended, once its last report has been kept: the portal's page then leaves this one.
  let onward = "";
  function goOn() {
    if (!onward || (pending && keeps)) return;
    tell({ prm: "go", to: onward });
    onward = "";
  }

  async function send() {
    if (isSending || !pending) return;
    isSending = true;
    const sent = pending;
    pending = "";
    let again = 0;
    try {
      const keepalive = new TextEncoder().encode(sent).length < MOST_WHILE_LEAVING;
      const response = await fetch("keep", { method: "POST", body: sent, keepalive });
      if (response.ok) {
        wait = 1000;
        say("");
        tell({ prm: "kept", ...(await response.json()) });
        goOn();
      } else if (response.status === 409) {
        say((await response.json()).error);
      } else if (response.status >= 500 || response.status === 429) {
        throw new Error(String(response.status));
      } else if (response.status !== 400) {
        say(failed);
      }
    } catch {
      pending = pending || sent;
      again = wait;
      wait = Math.min(2 * wait, LONGEST_WAIT);
      tell({ prm: "trouble" });
    }
    isSending = false;
    if (again) setTimeout(send, again);
    else if (pending) send();
  }

  function sendLeaving() {
    if (!pending || !keeps) return;
    if (navigator.sendBeacon("keep", pending)) pending = "";
    else fetch("keep", { method: "POST", body: pending }).catch(() => {});
  }

  let isDirty = false;
  const service = {
    processHttpRequest(_url, params, isLast) {
      isDirty = false;
      const asked = isLast && api.adl?.nav ? api.adl.nav.request : "";
      if (asked && asked !== "_none_") onward = asked;
      report(params.cmi);
      return { result: "true", errorCode: 0 };
    },
    updateSettings() {},
  };
  const settings = {
    lmsCommitUrl: "keep",
    dataCommitFormat: "json",
    logLevel: 5,
    uninitializedGetLogLevel: 5,
    mastery_override: true,
    httpService: service,
  };
  const api = version === "1.2" ? new window.Scorm12API(settings) : new window.Scorm2004API(settings);
  const parts = Object.entries(visit.cmi);
  for (const [name, part] of parts) {
    // What an earlier visit left may be refused by the runtime; the rest is worth having all the same.
    try { api.loadFromJSON({ [name]: part }, "cmi"); } catch { continue; }
  }
  if (version === "1.2") window.API = api;
  else window.API_1484_11 = api;

  const save = () => { if (isDirty && !api.isTerminated()) api.storeData(false, "autocommit"); };
  const touched = () => {
    if (isDirty) return;
    isDirty = true;
    setTimeout(save, AUTOSAVE);
  };
  api.on("LMSSetValue", touched);
  api.on("SetValue", touched);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
  window.addEventListener("pagehide", () => { isLeaving = true; save(); sendLeaving(); });
  window.addEventListener("pageshow", () => { isLeaving = false; send(); });

  frame.src = launch;
  // What reports nothing is done by being looked at.
  if (!reports) report(version === "1.2" ? { core: { lesson_status: "completed" } } : { completion_status: "completed" });
})();
