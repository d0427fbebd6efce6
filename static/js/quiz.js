// A quiz keeps each answer as it is given, tries again what a lost connection held back, asks once before it goes out with
// questions unanswered, and ends when its time is over.
(() => {
  "use strict";
  const quiz = document.querySelector("[data-quiz]");
  if (!quiz) return;
  const AGAIN = 10_000;
  const waiting = new Set();
  const untold = new Map(); // what is given and not yet known to be kept, with the last time that it was touched
  const questions = [...quiz.querySelectorAll("[data-save]")];
  const unanswered = quiz.querySelector("[data-unanswered]");
  const count = document.querySelector("[data-answered]");
  let submitting = false;

  const touch = (question) => { const touched = {}; untold.set(question, touched); return touched; };

  function isAnswered(question) {
    const spot = question.querySelector("[data-spot-set]");
    if (spot) return Boolean(spot.value);
    const fields = [...question.querySelectorAll("input, select")];
    const chosen = fields.filter((field) => ["radio", "checkbox"].includes(field.type));
    if (chosen.length) return chosen.some((field) => field.checked);
    return "whole" in question.dataset ? fields.every((field) => field.value) : fields.some((field) => field.value.trim());
  }

  function tally() {
    const done = questions.filter(isAnswered).length;
    count.textContent = done;
    if (done === questions.length && unanswered) unanswered.hidden = true;
  }

  async function keep(question) {
    const touched = touch(question);
    if ("whole" in question.dataset && [...question.querySelectorAll("select")].some((each) => !each.value)) return;
    const said = question.querySelector("[data-kept]");
    const body = new FormData();
    body.append("csrfmiddlewaretoken", quiz.querySelector("[name=csrfmiddlewaretoken]").value);
    for (const field of question.querySelectorAll("input, select")) {
      if (!["radio", "checkbox"].includes(field.type) || field.checked) body.append(field.name, field.value);
    }
    waiting.delete(question);
    try {
      const answer = await fetch(question.dataset.save, { method: "POST", body, headers: { Accept: "application/json" } });
      if (answer.status >= 500) throw new Error(answer.statusText);
      const told = await answer.json();
      if (told.said && untold.get(question) === touched) untold.delete(question);
      said.textContent = told.said || told.error;
      question.classList.toggle("is-not-kept", Boolean(told.error));
    } catch {
      waiting.add(question);
      said.textContent = quiz.dataset.again;
      question.classList.add("is-not-kept");
    }
  }

  const tryAgain = () => { for (const question of [...waiting]) keep(question); };
  quiz.addEventListener("input", (event) => touch(event.target.closest("[data-save]")));
  quiz.addEventListener("change", (event) => {
    keep(event.target.closest("[data-save]"));
    tally();
  });
  window.addEventListener("online", tryAgain);
  setInterval(tryAgain, AGAIN);
  // What is kept is not sent again: another tab may have changed it since.
  const leaveOutKept = () => { for (const question of questions) question.disabled = !untold.has(question); };
  quiz.addEventListener("submit", (event) => {
    const open = questions.find((question) => !isAnswered(question));
    if (!submitting && open && unanswered.hidden) {
      event.preventDefault();
      // Where the page jumps to, the sentence says why.
      open.before(unanswered);
      unanswered.hidden = false;
      open.querySelector("input:not([type=hidden]), select")?.focus({ preventScroll: true });
      unanswered.scrollIntoView({ block: "center" });
      return;
    }
    if (submitting) event.preventDefault();
    else leaveOutKept();
    submitting = true;
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    submitting = false;
    for (const question of questions) question.disabled = false;
  });

  for (const spot of quiz.querySelectorAll("[data-spot]")) {
    const question = spot.closest("[data-save]");
    const [x, y] = ["x", "y"].map((side) => question.querySelector(`[data-spot-${side}]`));
    const set = question.querySelector("[data-spot-set]");
    const mark = spot.querySelector("[data-mark]");
    const draw = () => {
      set.value = "1";
      mark.hidden = false;
      mark.style.left = `${100 * x.value}%`;
      mark.style.top = `${100 * y.value}%`;
    };
    question.addEventListener("input", draw);
    spot.addEventListener("click", (event) => {
      const box = spot.getBoundingClientRect();
      x.value = (event.clientX - box.left) / box.width;
      y.value = (event.clientY - box.top) / box.height;
      draw();
      keep(question);
      tally();
    });
    if (set.value) draw();
  }

  const clock = quiz.querySelector("[data-seconds]");
  if (!clock) return;
  const until = performance.now() + 1000 * Number(clock.dataset.seconds);
  const shown = clock.querySelector("[data-clock]");
  const said = quiz.querySelector("[data-clock-said]");
  const ticking = setInterval(() => {
    const left = Math.max(0, Math.round((until - performance.now()) / 1000));
    shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    clock.classList.toggle("is-short", left <= 60);
    if (left === 300 || left === 60) said.textContent = `${quiz.dataset.left} ${shown.textContent}`;
    if (left === 0) {
      clearInterval(ticking);
      if (!submitting) { submitting = true; leaveOutKept(); quiz.submit(); }
    }
  }, 1000);
  clock.firstElementChild.textContent = quiz.dataset.left;
})();
