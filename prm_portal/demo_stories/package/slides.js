// Some slides and a question, in a SCORM package of either kind: goes on where it was left, reports progress and score.
(() => {
  "use strict";
  const told = JSON.parse(document.getElementById("slides").textContent);
  function find(name) {
    let at = window;
    while (!at[name] && at.parent !== at) at = at.parent;
    return at[name];
  }
  const newer = find("API_1484_11");
  const older = newer ? null : find("API");
  const NAMES = { location: "cmi.core.lesson_location", exit: "cmi.core.exit", status: "cmi.core.lesson_status", time: "cmi.core.session_time" };
  const NAMES_2004 = { location: "cmi.location", exit: "cmi.exit", status: "cmi.completion_status", time: "cmi.session_time" };
  const names = newer ? NAMES_2004 : NAMES;
  const get = (name) => (newer ? newer.GetValue(names[name]) : older ? older.LMSGetValue(names[name]) : "");
  const put = (name, value) => (newer ? newer.SetValue(names[name] || name, value) : older?.LMSSetValue(names[name] || name, value));
  const commit = () => (newer ? newer.Commit("") : older?.LMSCommit(""));
  const began = Date.now();
  const last = told.slides.length;
  let at = 0;
  let isOver = false;

  function make(tag, text, parent) {
    const element = document.createElement(tag);
    element.textContent = text;
    parent.append(element);
    return element;
  }

  function button(text, parent, act, isFirst) {
    const element = make("button", text, parent);
    element.type = "button";
    if (isFirst) element.className = "first";
    element.addEventListener("click", act);
    return element;
  }

  function spent() {
    const seconds = Math.round((Date.now() - began) / 1000);
    const pad = (number) => String(number).padStart(2, "0");
    if (newer) return `PT${seconds}S`;
    return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
  }

  function show(number) {
    at = Math.max(0, Math.min(number, last));
    put("location", String(at));
    const main = document.querySelector("main");
    main.replaceChildren();
    const bar = make("progress", "", main);
    bar.max = last;
    bar.value = at;
    bar.setAttribute("aria-label", told.title);
    if (at === last) return ask(main);
    const slide = told.slides[at];
    make("h1", slide.title, main);
    make("p", slide.text, main);
    const list = make("ul", "", main);
    slide.points.forEach((point) => make("li", point, list));
    const foot = make("footer", "", main);
    if (at) button(told.back, foot, () => show(at - 1));
    button(told.next, foot, () => show(at + 1), true);
    return commit();
  }

  function ask(main) {
    make("h1", told.question.text, main);
    const answers = make("div", "", main);
    answers.className = "answers";
    const said = make("p", "", main);
    said.setAttribute("role", "status");
    told.question.options.forEach((option, number) => button(option, answers, (event) => {
      const isRight = number === told.question.right;
      event.currentTarget.classList.add(isRight ? "right" : "wrong");
      said.textContent = isRight ? told.right : told.wrong;
      finish(isRight);
    }));
    const foot = make("footer", "", main);
    button(told.back, foot, () => show(at - 1));
    commit();
  }

  let tries = 0;
  function finish(isRight) {
    tries += 1;
    if (!isRight || isOver) return;
    const score = Math.max(0, 100 - 20 * (tries - 1));
    put("time", spent());
    if (newer) {
      put("cmi.score.scaled", String(score / 100));
      put("cmi.success_status", "passed");
      put("status", "completed");
    } else {
      put("cmi.core.score.max", "100");
      put("cmi.core.score.raw", String(score));
      put("status", "passed");
    }
    commit();
    isOver = true;
  }

  if (newer) newer.Initialize("");
  else older?.LMSInitialize("");
  const status = get("status");
  if (!["completed", "passed"].includes(status)) put("status", "incomplete");
  put("exit", "suspend");
  window.addEventListener("pagehide", () => {
    put("time", spent());
    if (newer) newer.Terminate("");
    else older?.LMSFinish("");
  });
  show(Number.parseInt(get("location"), 10) || 0);
})();
