// Two small things that HTML cannot do: copy a text, and move the focus to what has come.
document.documentElement.classList.add("js"); // hides the buttons that only pages without scripts need
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const said = button.parentElement.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    said.textContent = "Copied.";
  } catch {
    said.textContent = "This browser does not allow copying; select the text by hand.";
  }
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id === "result") event.detail.elt.focus();
});
