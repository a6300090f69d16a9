// Keeps the document and what was read in it together, and lets a whole report be reviewed by the keyboard. Without it, links and forms do.
"use strict";
(() => {
  const list = document.getElementById("items");
  const pane = document.getElementById("lines");
  const said = document.getElementById("said");
  const keys = document.getElementById("keys");
  const on = document.getElementById("keys-on");
  const STORED = "peeltrack-single-keys";

  const items = () => [...list.querySelectorAll(".item")];
  const waiting = () => [...list.querySelectorAll(".item[data-waits]")];

  function remembered() {
    try { return localStorage.getItem(STORED) !== "off"; } catch { return true; }
  }

  function remember(state) {
    try { localStorage.setItem(STORED, state ? "on" : "off"); } catch { /* this browser keeps nothing: on until the page is left */ }
  }

  // One item is reached by Tab: the one that was last in focus itself. Links in the others are reached as well.
  function reached(item) {
    for (const other of items()) other.tabIndex = other === item ? 0 : -1;
  }

  function current(item) {
    for (const other of items()) other.classList.toggle("is-current", other === item);
    for (const line of pane.querySelectorAll(".is-current")) line.classList.remove("is-current");
    const line = document.getElementById(`line-${item.dataset.line}`);
    if (!line) return;
    line.classList.add("is-current");
    if (pane.scrollHeight > pane.clientHeight) {
      pane.scrollTop = line.offsetTop - pane.clientHeight / 3; // at once: a hundred keys in a row must not wait for it
    }
  }

  // Where the document lies above the list, an item must not come to lie below it.
  function goTo(item) {
    if (!item) return;
    item.focus({preventScroll: true});
    const box = item.getBoundingClientRect();
    const covered = parseFloat(getComputedStyle(item).scrollMarginTop);
    const fits = box.height < innerHeight - covered;
    if (box.top < covered || (fits ? box.bottom > innerHeight : box.top > innerHeight / 2)) {
      item.scrollIntoView({block: fits && box.top >= covered ? "nearest" : "start"});
    }
  }

  function step(item, by) {
    const all = items();
    goTo(all[all.indexOf(item) + by]);
  }

  function nextWaiting(item) {
    const all = items();
    const after = all.indexOf(item);
    const open = waiting();
    return open.find((one) => all.indexOf(one) > after) || open.find((one) => one !== item);
  }

  list.addEventListener("focusin", (event) => {
    const item = event.target.closest(".item");
    if (item) current(item);
    if (item === event.target) reached(item);
  });

  // A link into the document shows the line and leaves the focus where it is; one out of it goes to the item.
  document.querySelector(".sheet").addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    const target = document.getElementById(link.hash.slice(1));
    if (!target) return;
    if (target.classList.contains("item")) {
      event.preventDefault();
      goTo(target);
    } else if (pane.contains(target)) {
      event.preventDefault();
      current(link.closest(".item"));
    }
  });

  const start = document.getElementById("start");
  if (start) start.addEventListener("click", (event) => {
    event.preventDefault();
    goTo(waiting()[0] || items()[0]);
  });

  if (items().length) items()[0].tabIndex = 0;
  if (location.hash) {
    const named = document.getElementById(location.hash.slice(1));
    if (named && named.classList.contains("item")) goTo(named);
    else if (named && pane.contains(named)) pane.scrollTop = named.offsetTop - pane.clientHeight / 3;
  }

  list.addEventListener("submit", (event) => {
    const form = event.target.closest(".deciding");
    if (!form) return;
    event.preventDefault();
    decide(form, event.submitter ? event.submitter.value : "confirm");
  });

  async function decide(form, decision) {
    const item = form.closest(".item");
    if (form.dataset.busy) return;
    const reason = form.elements.reason;
    if (decision === "reject" && !reason.value.trim()) {
      form.dataset.intent = "reject";
      said.textContent = "Say why, then press Enter.";
      reason.focus();
      return;
    }
    form.dataset.busy = "yes";
    const body = new FormData(form);
    body.set("decision", decision);
    try {
      const answer = await fetch(form.action, {method: "POST", body, headers: {"X-One-Item": "1"}});
      if (answer.redirected || (!answer.ok && answer.status !== 409)) throw new Error(String(answer.status));
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text();
      const now = holder.content.querySelector(".item");
      item.replaceWith(now);
      current(now);
      reached(now);
      if (answer.ok) after(now, decision);
      else goTo(now);
    } catch {
      delete form.dataset.busy;
      said.textContent = "The service did not take the decision: it may be that you are signed out. Load the page again; nothing was changed.";
      goTo(item);
    }
  }

  function after(item, decision) {
    const left = waiting().length;
    const done = decision === "reject" ? "Rejected." : "Confirmed.";
    said.textContent = left ? `${done} ${left} verdict${left === 1 ? "" : "s"} left to decide.` : `${done} Every verdict is decided.`;
    if (start) start.textContent = left ? `Decide ${left} verdict${left === 1 ? "" : "s"}` : "Go to what was read";
    const onwards = nextWaiting(item);
    if (onwards) goTo(onwards);
    else (document.getElementById("publish") || item).focus();
  }

  list.addEventListener("keydown", (event) => {
    const item = event.target.closest(".item");
    if (!item || event.altKey || event.ctrlKey || event.metaKey) return;
    const form = item.querySelector(".deciding");
    const typing = event.target.matches("input[type=text], input[type=date], textarea, select");
    if (event.key === "Escape" && event.target !== item) {
      if (form) delete form.dataset.intent;
      goTo(item);
    } else if (event.key === "Enter" && event.target.name === "reason" && form.dataset.intent === "reject") {
      event.preventDefault();
      decide(form, "reject");
    } else if (!typing && press(event, item, form)) {
      event.preventDefault();
    }
  });

  // Says whether the key was one of the page's. A key held down steps on, and decides nothing.
  function press(event, item, form) {
    if (event.repeat && !["ArrowDown", "ArrowUp", "j", "k"].includes(event.key)) return true;
    const chosen = event.target.matches("input[type=radio]");
    if (event.key === "ArrowDown" && !chosen) return step(item, 1), true;
    if (event.key === "ArrowUp" && !chosen) return step(item, -1), true;
    if (event.key === "Enter" && event.target === item && form) return decide(form, "confirm"), true;
    if (on && !on.checked) return false;
    return single(event.key, item, form);
  }

  function single(key, item, form) {
    if (key === "j") return step(item, 1), true;
    if (key === "k") return step(item, -1), true;
    if (key === "n") return goTo(nextWaiting(item)), true;
    if (key === "?") return keys && keys.showModal(), true;
    if (key === "p") return follow(document.getElementById("publish"));
    if ("ems".includes(key)) return follow(item.querySelector(`[data-correct=${key}]`));
    if (!form) return false;
    if (key === "c") return decide(form, "confirm"), true;
    if (key === "r") return intend(form, "reject");
    if (key === "w") return intend(form, "confirm");
    if (/^[1-9]$/.test(key)) return choose(form, Number(key));
    return false;
  }

  function follow(link) {
    if (link) link.click();
    return Boolean(link);
  }

  function intend(form, decision) {
    form.dataset.intent = decision;
    form.elements.reason.focus();
    return true;
  }

  function choose(form, number) {
    const choice = form.querySelectorAll("input[type=radio]")[number - 1];
    if (choice) {
      choice.checked = true;
      said.textContent = `Chosen: ${choice.closest("label").textContent.trim().replace(/\s+/g, " ")}`;
    }
    return Boolean(choice);
  }

  if (keys) {
    const show = document.getElementById("show-keys");
    show.hidden = false;
    show.addEventListener("click", () => keys.showModal());
    on.checked = remembered();
    on.addEventListener("change", () => remember(on.checked));
  }
})();
