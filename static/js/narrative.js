// Puts figures into the text at the cursor, and keeps what was typed in this browser until it is
// saved. Without this script the names of the figures stand beside the form, to be typed.
const form = document.querySelector("form[data-narrative]");
const blocks = [...form.querySelectorAll("textarea")];
const names = [...document.querySelectorAll("code[data-placeholder]")];
let current = blocks[0];

function insert(block, name) {
  block.focus();
  block.setRangeText(name, block.selectionStart, block.selectionEnd, "end");
  block.dispatchEvent(new Event("input", { bubbles: true }));
}

// --- below each block: a list to choose from ---------------------------------------------------
function chooser(block) {
  const row = document.createElement("div");
  const list = document.createElement("select");
  const button = document.createElement("button");
  const label = document.createElement("span");
  const groups = new Map();
  row.className = "choose no-print";
  list.setAttribute("aria-label", form.dataset.choose);
  list.append(new Option(`${form.dataset.choose} …`, ""));
  for (const name of names) {
    const title = name.closest("[data-group]").dataset.group;
    if (!groups.has(title)) {
      const group = document.createElement("optgroup");
      group.label = title;
      groups.set(title, group);
      list.append(group);
    }
    groups.get(title).append(new Option(name.dataset.label, name.dataset.placeholder));
  }
  button.type = "button";
  button.className = "kern-btn kern-btn--tertiary";
  label.className = "kern-label";
  label.textContent = form.dataset.insert;
  button.append(label);
  button.addEventListener("click", () => {
    if (list.value) insert(block, list.value);
    else list.focus();
  });
  row.append(list, button);
  block.after(row);
}

for (const block of blocks) {
  chooser(block);
  block.addEventListener("focus", () => (current = block));
}

// --- beside the form: the names become buttons for the block that was written in last ------------
for (const name of names) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "insert";
  button.textContent = name.textContent;
  button.title = form.dataset.insert;
  button.addEventListener("click", () => insert(current, name.dataset.placeholder));
  name.replaceWith(button);
}

// --- what was typed survives a lost connection and an expired session, in this tab only ----------
const key = `text-${form.dataset.narrative}`;
const seen = form.elements.seen.value;
const typed = () => Object.fromEntries(blocks.map((block) => [block.name, block.value]));
const shown = JSON.stringify(typed());

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

const before = kept();
if (before && !("unsaved" in form.dataset)) {
  // The page shows what is saved. If nobody has saved since, what was typed after that is lost
  // unless it is put back.
  if (before.seen === seen && JSON.stringify(before.typed) !== shown) {
    const note = document.querySelector("[data-restore]");
    note.hidden = false;
    note.querySelector("button").addEventListener("click", () => {
      for (const block of blocks) block.value = before.typed[block.name] ?? block.value;
      note.hidden = true;
      blocks[0].focus();
    });
  } else {
    sessionStorage.removeItem(key);
  }
}

form.addEventListener("input", () => {
  try {
    sessionStorage.setItem(key, JSON.stringify({ seen, typed: typed() }));
  } catch {
    // full or switched off: then the page works as it does without
  }
});
