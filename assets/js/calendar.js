// The calendar: a task is dragged to another time, or moved by Alt and the arrow keys. Either fills in the form
// #calendar-move and sends it, so that the server decides what a move means.
(() => {
  "use strict";
  const QUARTER = 15;
  const HOUR_PIXELS = 48;
  let dragged = null;
  let grip = 0;
  let moved = null;
  let shown = null;

  const send = (task, day, minutes) => {
    const form = document.getElementById("calendar-move");
    if (!form) return;
    const values = { task, day, minutes: Math.max(0, Math.min(24 * 60 - QUARTER, minutes)) };
    for (const [name, value] of Object.entries(values)) form.elements[name].value = String(value);
    form.requestSubmit();
  };
  const dayAfter = (day, days) => {
    const date = new Date(day + "T12:00:00Z");
    date.setUTCDate(date.getUTCDate() + days);
    return date.toISOString().slice(0, 10);
  };
  const blockOf = (target) => (target instanceof Element ? target.closest("[data-calendar-task]") : null);
  const columnOf = (target) => (target instanceof Element ? target.closest("[data-calendar-day]") : null);

  document.addEventListener("dragstart", (event) => {
    dragged = blockOf(event.target);
    if (dragged) grip = event.clientY - dragged.getBoundingClientRect().top;
  });
  document.addEventListener("dragover", (event) => {
    if (dragged && columnOf(event.target)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const column = columnOf(event.target);
    const block = dragged;
    dragged = null;
    if (!block || !column) return;
    event.preventDefault();
    const pixels = event.clientY - grip - column.getBoundingClientRect().top;
    const minutes = Number(column.dataset.firstHour) * 60 + (pixels / HOUR_PIXELS) * 60;
    send(block.dataset.calendarTask, column.dataset.calendarDay, Math.round(minutes / QUARTER) * QUARTER);
  });
  document.addEventListener("dragend", () => {
    dragged = null;
  });

  // A phone has no room for a week: it begins with today in sight.
  const showToday = () => {
    const first = document.querySelector("[data-calendar-day]")?.dataset.calendarDay ?? null;
    if (first === shown) return;
    shown = first;
    const today = document.querySelector("[data-calendar-day][data-today=true]");
    if (today) today.closest("section:has(ol)").scrollLeft = today.offsetLeft - today.offsetWidth;
  };

  // On another day it is another element: the task that keys moved stays in focus until the person goes elsewhere.
  new MutationObserver(() => {
    showToday();
    if (moved === null || document.activeElement !== document.body) return;
    document.querySelector(`[data-calendar-task="${CSS.escape(moved)}"]`)?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
  document.addEventListener("focusin", (event) => {
    if (blockOf(event.target)?.dataset.calendarTask !== moved) moved = null;
  });
  document.addEventListener("pointerdown", () => {
    moved = null;
  });

  document.addEventListener("keydown", (event) => {
    const block = event.altKey ? blockOf(event.target) : null;
    const column = block ? columnOf(block) : null;
    if (!block || !column) return;
    const steps = { ArrowUp: [0, -QUARTER], ArrowDown: [0, QUARTER], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    moved = block.dataset.calendarTask;
    send(block.dataset.calendarTask, dayAfter(column.dataset.calendarDay, step[0]), Number(block.dataset.start) + step[1]);
  });
})();
