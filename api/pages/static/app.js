// Small comforts. Every page works without this file.
"use strict";

// A second click on a button that is already being answered does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && !window.confirm(question)) { event.preventDefault(); return; }
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.method === "post" && !event.defaultPrevented) {
    form.dataset.sent = "yes";
    window.setTimeout(() => { delete form.dataset.sent; }, 5000);
  }
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
});

// "One more row" without asking the server.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row]");
  if (button) {
    const body = document.getElementById(button.dataset.addRow).tBodies[0];
    const last = body.rows[body.rows.length - 1];
    const number = Number(last.querySelector("[name]").name.split(".")[1]) + 1;
    const row = last.cloneNode(true);
    row.querySelectorAll("small").forEach((small) => small.remove());
    row.querySelectorAll("input, select, textarea").forEach((field) => {
      field.name = field.name.replace(/^([^.]+)\.\d+\./, `$1.${number}.`);
      field.id = field.id.replace(/-\d+-(\w+)$/, `-${number}-$1`);
      field.value = "";
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    });
    body.append(row);
    row.querySelector("input, select, textarea")?.focus();
    event.preventDefault();
  }
  if (event.target.closest("[data-print]")) window.print();
});

// After a refusal, the reader starts at the reason.
document.getElementById("problems")?.focus();

// On a telephone the menu is one line: the entry of this page is to be seen.
const here = document.querySelector(".menu [aria-current]");
if (here) { here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 24; }

// A picture that is wider than the screen shows its middle first.
document.querySelectorAll(".scroll.flow").forEach((box) => {
  box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2;
});

// Colours and size of print change where one is, so that nothing half typed is lost.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches("[data-display]") || !button) { return; }
  event.preventDefault();
  const told = new URLSearchParams(new FormData(form));
  told.set(button.name, button.value);
  fetch(form.getAttribute("action"), { method: "POST", body: told, redirect: "manual" }).then(() => {
    const root = document.documentElement;
    if (button.value) { root.dataset[button.name] = button.value; } else { delete root.dataset[button.name]; }
    document.querySelector("link[data-dark]").media =
      { dark: "screen", light: "not all" }[root.dataset.theme] ?? "screen and (prefers-color-scheme: dark)";
    document.querySelector("meta[name='color-scheme']").content = root.dataset.theme ?? "light dark";
    document.querySelectorAll(`[data-display] [name='${button.name}'][aria-pressed]`).forEach((one) => {
      one.setAttribute("aria-pressed", String(one.value === button.value));
    });
    delete form.dataset.sent;
    if (button.offsetParent === null) {
      [...form.querySelectorAll("button")].find((one) => one.offsetParent !== null)?.focus();
    }
  }, () => { delete form.dataset.sent; });
});

// What is left of the ten minutes, by the server's clock: the time that has gone by since the page came.
document.querySelectorAll("[data-left]").forEach((line) => {
  const left = () => Math.ceil(Number(line.dataset.left) - performance.now() / 1000);
  const told = window.setInterval(() => {
    if (left() <= 0) { line.textContent = line.dataset.over; window.clearInterval(told); return; }
    line.textContent = line.dataset.words.replace("{m}", Math.floor(left() / 60)).replace("{s}", left() % 60);
  }, 1000);
});
