// A lesson keeps where its reader is and how long they looked at it: sent now and then, and as the page is left.
(() => {
  "use strict";
  const player = document.querySelector("[data-player]");
  if (!player) return;
  const token = player.querySelector("[data-player-token] [name=csrfmiddlewaretoken]");
  const video = player.querySelector("[data-video]");
  const EVERY = 30;
  let seconds = 0;
  let sent = null;

  const height = () => document.documentElement.scrollHeight - window.innerHeight;
  const place = () => (video ? video.currentTime : height() > 0 ? window.scrollY / height() : 0);

  function send() {
    const at = place().toFixed(3);
    if (!seconds && at === sent) return;
    const body = new FormData();
    body.append("csrfmiddlewaretoken", token.value);
    body.append("seconds", seconds);
    body.append("at", at);
    if (navigator.sendBeacon(player.dataset.keep, body)) { seconds = 0; sent = at; }
  }

  const at = Number.parseFloat(player.dataset.at) || 0;
  if (video && at > 0) {
    video.addEventListener("loadedmetadata", () => { if (at < video.duration - 5) video.currentTime = at; }, { once: true });
  } else if (!video && at > 0 && at < 0.95) {
    window.addEventListener("load", () => window.scrollTo(0, at * height()));
  }
  sent = at.toFixed(3);

  const chapters = [...player.querySelectorAll("[data-second]")];
  player.addEventListener("click", (event) => {
    const chapter = event.target.closest("[data-second]");
    if (!chapter || !video) return;
    video.currentTime = Number.parseFloat(chapter.dataset.second);
    video.play();
  });
  if (video) {
    video.addEventListener("pause", send);
    video.addEventListener("timeupdate", () => {
      const playing = chapters.filter((each) => Number.parseFloat(each.dataset.second) <= video.currentTime).pop();
      for (const each of chapters) {
        if (each === playing) each.setAttribute("aria-current", "true");
        else each.removeAttribute("aria-current");
      }
    });
  }

  // What waits for its file can be ticked off as soon as the file was fetched; the server looks again.
  const waits = player.querySelector("[data-waits]");
  const button = waits && waits.querySelector("button");
  if (button) {
    button.disabled = true;
    player.querySelector("[data-file]")?.addEventListener("click", () => {
      button.disabled = false;
      document.getElementById("still").hidden = true;
    });
  }

  setInterval(() => {
    if (document.visibilityState !== "visible") return;
    seconds += 1;
    if (seconds >= EVERY) send();
  }, 1000);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") send(); });
  window.addEventListener("pagehide", send);
})();
