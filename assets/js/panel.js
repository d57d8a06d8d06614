// The panel of a task: a form that is sent when a field is left (data-saves), so that nothing typed waits for a button;
// a newer version is shown by itself where nobody is typing; lists that move a card by dragging choose its new column.
(() => {
  "use strict";
  const formOf = (element) => (element instanceof Element ? element.closest("form[data-saves]") : null);
  const isOfForm = (event) => event.target instanceof Element && event.target.name !== "scope";
  const send = (form) => {
    delete form.dataset.dirty;
    form.requestSubmit();
  };
  document.addEventListener("input", (event) => {
    const form = formOf(event.target);
    if (form && isOfForm(event)) form.dataset.dirty = "true";
  });
  document.addEventListener("change", (event) => {
    const form = formOf(event.target);
    if (form && isOfForm(event)) send(form);
  });
  document.addEventListener("keydown", (event) => {
    const box = event.target instanceof Element ? event.target.closest("[data-one-line]") : null;
    if (!box || event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    if (formOf(box)) send(formOf(box));
  });

  // A form without an address is the page's own: the browser never sends it, whoever else heard the event.
  document.addEventListener("submit", (event) => event.target.hasAttribute("action") || event.preventDefault(), true);

  // Leaving saves first; the server keeps the panel open when that fails.
  document.addEventListener(
    "click",
    (event) => {
      const element = event.target instanceof Element ? event.target : null;
      const form = document.querySelector("form[data-saves][data-dirty]");
      if (form && element?.closest("[data-escape]")) send(form);
      const other = element?.closest("[data-submits]");
      if (other) window.setTimeout(() => document.getElementById(other.dataset.submits)?.requestSubmit(), 0);
    },
    true,
  );
  new MutationObserver(() => {
    const newer = document.querySelector("[data-take-newer]:not([data-taken])");
    if (!newer || document.querySelector("form[data-saves][data-dirty]")) return;
    newer.dataset.taken = "true";
    newer.click();
  }).observe(document.documentElement, { childList: true, subtree: true });

  // A card that was moved by its own list is drawn in another column: the focus goes with it.
  const columnOf = (card) => card?.closest("[data-column]")?.dataset.column;
  let moved = null;
  document.addEventListener("change", (event) => {
    const card = event.target instanceof HTMLSelectElement ? event.target.closest("[data-card]") : null;
    if (card && event.isTrusted) moved = { id: card.dataset.card, column: columnOf(card) };
  });
  new MutationObserver(() => {
    if (!moved) return;
    const card = document.querySelector(`[data-card="${CSS.escape(moved.id)}"]`);
    if (!card || columnOf(card) === moved.column || document.querySelector("dialog[open]")) return;
    moved = null;
    card.focus();
  }).observe(document.documentElement, {
    attributeFilter: ["data-card", "data-column"],
    childList: true,
    subtree: true,
  });

  // A card dragged to another column chooses that column's status in its own select, as the keyboard does.
  let dragged = null;
  document.addEventListener("dragstart", (event) => {
    dragged = event.target instanceof Element ? event.target.closest("[data-card]") : null;
  });
  document.addEventListener("dragover", (event) => {
    if (dragged && event.target instanceof Element && event.target.closest("[data-column]")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const column = event.target instanceof Element ? event.target.closest("[data-column]") : null;
    const select = dragged?.querySelector("select");
    dragged = null;
    if (!column || !select || select.value === column.dataset.column) return;
    event.preventDefault();
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(select, column.dataset.column);
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
})();
