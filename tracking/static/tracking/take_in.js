// Gives each document on its own, one after the other, and shows what becomes of it. Without this script the form does the same in one go.
"use strict";
(() => {
  const form = document.getElementById("take-in");
  const input = form.elements.documents;
  const chosen = document.getElementById("chosen");
  const table = document.getElementById("items");
  const said = document.getElementById("how-far");
  const bar = document.getElementById("bar");
  const MB = 1024 * 1024;

  input.addEventListener("change", () => {
    chosen.replaceChildren(...[...input.files].map((file) => {
      const line = document.createElement("li");
      line.textContent = `${file.name} (${file.size < MB ? `${Math.ceil(file.size / 1024)} kB` : `${(file.size / MB).toFixed(1)} MB`})`;
      return line;
    }));
    chosen.hidden = input.files.length === 0;
  });

  form.addEventListener("submit", (event) => {
    const documents = given();
    if (documents.length === 0 || documents.length > Number(form.dataset.most)) return; // the service says what is wrong
    event.preventDefault();
    takeIn(documents);
  });

  function given() {
    const files = [...input.files].map((file) => ({name: file.name, fields: {documents: file}}));
    const text = form.elements.text.value;
    const title = form.elements.title.value.trim();
    return text.trim() ? [...files, {name: title || "Pasted text", fields: {title, text}}] : files;
  }

  async function takeIn(documents) {
    form.hidden = true;
    document.getElementById("progress").hidden = false;
    bar.hidden = false;
    bar.max = documents.length;
    const rows = documents.map((one) => waiting(one.name));
    let intake = "";
    for (const [place, one] of documents.entries()) {
      said.textContent = `Reading ${place + 1} of ${documents.length}: ${one.name}`;
      state(rows[place], "reading", "Reading");
      const row = await give(one, intake, rows[place]);
      intake = row.dataset.intake || intake;
      bar.value = place + 1;
    }
    const refused = table.querySelectorAll("[data-state=refused]").length;
    said.textContent = `Done: ${documents.length - refused} of ${documents.length} are in` + (refused ? `, ${refused} refused.` : ".");
    document.getElementById("onwards").hidden = false;
    const page = table.querySelector("[data-page]");
    if (page) history.replaceState(null, "", page.dataset.page); // a reload shows the same rows
    document.getElementById("became").tabIndex = -1;
    document.getElementById("became").focus();
  }

  async function give(one, intake, row) {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("intake", intake);
    for (const [name, value] of Object.entries(one.fields)) body.set(name, value);
    try {
      const answer = await fetch(form.dataset.one, {method: "POST", body});
      if (!answer.ok || answer.redirected) return failed(row, answer);
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text();
      const now = holder.content.querySelector("tr");
      row.replaceWith(now);
      return now;
    } catch {
      return failed(row, null);
    }
  }

  function waiting(name) {
    const row = table.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = name;
    row.append(head);
    row.insertCell();
    row.insertCell();
    state(row, "waiting", "Waiting");
    return row;
  }

  function state(row, name, label) {
    const badge = document.createElement("span");
    badge.className = `badge intake-${name}`;
    badge.textContent = label;
    row.dataset.state = name;
    row.cells[1].replaceChildren(badge);
  }

  function failed(row, answer) {
    const why = answer === null ? "The service did not answer: give it again"
      : answer.redirected ? "You are signed out: sign in and give it again"
      : answer.status === 413 ? "It is larger than 25 MB"
      : answer.status === 409 ? "Too many documents at once: give it afterwards"
      : `The service answered with ${answer.status}: give it again`;
    state(row, "refused", "Refused");
    row.cells[2].textContent = `${why}. Nothing of it was stored.`;
    return row;
  }
})();
