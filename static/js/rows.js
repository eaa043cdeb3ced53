// Adds an empty row to a formset. Without this script every save brings new empty rows.
for (const rows of document.querySelectorAll("[data-rows]")) {
  const total = document.querySelector(`[name="${rows.dataset.rows}-TOTAL_FORMS"]`);
  const most = Number(
    document.querySelector(`[name="${rows.dataset.rows}-MAX_NUM_FORMS"]`).value,
  );
  const template = rows.querySelector("template");
  const button = document.createElement("button");
  const label = document.createElement("span");
  label.className = "kern-label";
  label.textContent = rows.dataset.more;
  button.type = "button";
  button.className = "kern-btn kern-btn--tertiary times__more";
  button.append(label);
  rows.after(button);

  button.addEventListener("click", () => {
    const number = Number(total.value);
    const row = document.createElement("template");
    row.innerHTML = template.innerHTML
      .replaceAll("__prefix__", String(number))
      .replaceAll("__number__", String(number + 1));
    template.before(row.content);
    total.value = String(number + 1);
    button.hidden = number + 1 >= most;
    template.previousElementSibling.querySelector("select, input").focus();
  });
}
