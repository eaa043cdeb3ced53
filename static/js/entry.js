// The quick entry for thumbs: steppers, quick minutes, the total, a draft on the server, and a form
// that stays when the connection is lost. Without this script it is a plain form.
const form = document.querySelector("#entry");
const SECONDS_TO_ANSWER = 20;
const QUIET = 1200; // milliseconds without typing before the draft is sent

const number = (field) => {
  const value = Number(field.value);
  return Number.isInteger(value) && value > 0 ? value : 0;
};
const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

for (const button of form.querySelectorAll("[data-step]")) {
  const field = button.parentElement.querySelector("input");
  button.hidden = false;
  button.addEventListener("click", () => {
    field.value = Math.max(0, number(field) + Number(button.dataset.step));
    changed(field);
  });
}

const counts = form.querySelectorAll('[data-background="refugee"], [data-background="other"]');
const total = form.querySelector("[data-total]");
const minutes = form.querySelector("[name=minutes]");
const quick = form.querySelectorAll("[data-minutes]");

const show = () => {
  total.querySelector("output").value = [...counts].reduce((sum, field) => sum + number(field), 0);
  for (const button of quick) button.ariaPressed = button.dataset.minutes === minutes.value;
};

total.hidden = false;
for (const button of quick) {
  button.parentElement.hidden = false;
  button.addEventListener("click", () => {
    minutes.value = button.dataset.minutes;
    changed(minutes);
  });
}
form.addEventListener("input", show);
show();

// --- the draft ----------------------------------------------------------------------------------
let timer, sending;

const send = (address, body, signal) =>
  fetch(address, {
    method: "POST",
    body: new URLSearchParams(body),
    headers: { "X-Requested-With": "fetch" },
    redirect: "manual",
    signal,
  });

const keep = () => {
  clearTimeout(timer);
  timer = undefined;
  sending = new AbortController();
  // A draft that cannot be kept is tried again with the next key; nobody is bothered.
  send(form.dataset.draft, new FormData(form), sending.signal).catch(() => {});
};

if (form.dataset.draft) {
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, QUIET);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) keep();
  });
}

// --- saving -------------------------------------------------------------------------------------
const offline = form.querySelector("[data-offline]");
let isSending = false;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isSending) return;
  isSending = true;
  clearTimeout(timer);
  timer = undefined;
  sending?.abort();
  offline.hidden = true;
  form.ariaBusy = "true";
  const body = new FormData(form, event.submitter);
  try {
    const answer = await send(location.href, body, AbortSignal.timeout(SECONDS_TO_ANSWER * 1000));
    if (answer.status === 204) {
      location.assign(answer.headers.get("X-Location"));
      return;
    }
    // Anything but "saved" is a page of its own: what was refused, a sign-in. The form's number
    // makes sure that what is sent twice is entered once.
    if (event.submitter?.name) {
      const pressed = Object.assign(document.createElement("input"), { type: "hidden" });
      pressed.name = event.submitter.name;
      pressed.value = event.submitter.value;
      form.append(pressed);
    }
    form.submit();
  } catch {
    offline.hidden = false;
    offline.scrollIntoView({ block: "center" });
    isSending = false;
    form.ariaBusy = "false";
  }
});

// Back from the next page: the browser shows this one as it was left.
addEventListener("pageshow", () => {
  isSending = false;
  form.ariaBusy = "false";
  show();
});
