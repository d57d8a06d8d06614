// What the browser does alone, without a word to the server: keys, dialogs, forms of the sign-in pages, the command bar.
(() => {
  "use strict";
  const visible = (element) => element.getClientRects().length > 0;
  const typing = (element) => {
    const field = element.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    return field !== null && visible(field); // for one frame the focus stays in the field of a closed dialog
  };

  // Keys: an element with data-hotkey="g_p" is clicked when g and then p are pressed.
  let prefix = "";
  let prefixTimer = 0;
  const nameOf = (event) => {
    const mod = event.ctrlKey || event.metaKey ? "mod+" : "";
    return mod + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
  };
  const withHotkey = (name, place) =>
    [...place.querySelectorAll(`[data-hotkey~="${CSS.escape(name.replaceAll(" ", "_"))}"]`)].find(
      (element) => visible(element) || element.hasAttribute("data-hotkey-hidden"),
    );
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey) return;
    const name = nameOf(event);
    const inDialog = document.querySelector("dialog[open]");
    if (!name.startsWith("mod+") && (typing(event.target) || inDialog)) return;
    if (!prefix && pressInRow(event, name)) return; // the selected row comes before the page
    const target = withHotkey(prefix ? `${prefix} ${name}` : name, inDialog ?? document);
    window.clearTimeout(prefixTimer);
    prefix = "";
    if (target) {
      event.preventDefault();
      target.click();
    } else if (name === "g") {
      prefix = "g";
      prefixTimer = window.setTimeout(() => (prefix = ""), 1200);
    } else if (["j", "k", "ArrowDown", "ArrowUp"].includes(name)) {
      moveRow(event, name === "j" || name === "ArrowDown" ? 1 : -1);
    }
  });

  // Lists with data-rows: j and k move, and a key of a row's own button (data-row-key) works on the selected row.
  const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")].filter(visible);
  const selected = () => document.activeElement?.closest("[data-row]");
  const moveRow = (event, step) => {
    const all = rows();
    if (!all.length) return;
    if (event.key.startsWith("Arrow") && !selected()) return;
    event.preventDefault();
    const at = all.indexOf(selected());
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const pressInRow = (event, name) => {
    const control = selected()?.querySelector(`[data-row-key~="${CSS.escape(name)}"]`);
    if (!control || (name === "Enter" && event.target !== selected())) return false;
    event.preventDefault();
    if (control instanceof HTMLSelectElement) openList(control);
    else control.click();
    return true;
  };
  const openList = (select) => {
    select.focus();
    select.showPicker?.();
  };

  // A strip of links that is wider than the window (data-strip) shows the one that is open.
  const placeStrip = (strip) => {
    const open = strip.querySelector("[aria-current=page]");
    if (!open || strip.scrollWidth <= strip.clientWidth) return;
    const middle = open.getBoundingClientRect().left - strip.getBoundingClientRect().left + strip.scrollLeft;
    strip.scrollLeft = middle - (strip.clientWidth - open.clientWidth) / 2;
  };
  new MutationObserver(() => {
    for (const strip of document.querySelectorAll("[data-strip]")) {
      const open = strip.querySelector("[aria-current=page]")?.getAttribute("href") ?? "";
      if (strip.dataset.placed === open) continue;
      strip.dataset.placed = open;
      placeStrip(strip);
    }
  }).observe(document, { childList: true, subtree: true, attributeFilter: ["aria-current"] });

  // A tick box with data-remembers="name" keeps its state in this browser.
  document.addEventListener("change", (event) => {
    const name = event.target instanceof HTMLInputElement ? event.target.dataset.remembers : undefined;
    if (name) localStorage.setItem(`buildos-${name}`, event.target.checked ? "on" : "");
  });
  new MutationObserver(() => {
    for (const box of document.querySelectorAll("[data-remembers]:not([data-remembered])")) {
      box.dataset.remembered = "";
      box.checked = localStorage.getItem(`buildos-${box.dataset.remembers}`) === "on";
    }
  }).observe(document, { childList: true, subtree: true });

  // Leaving the page or the tab saves what is being typed: the field is told that it lost the focus.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && document.activeElement?.id === "dump-text") document.activeElement.blur();
  });

  // A button with data-available-at="<moment>" waits until then, and counts the seconds down where it says so.
  window.setInterval(() => {
    for (const button of document.querySelectorAll("[data-available-at]")) {
      const left = Math.ceil((Date.parse(button.dataset.availableAt) - Date.now()) / 1000) || 0;
      button.disabled = left > 0;
      const shown = button.querySelector("[data-countdown]");
      if (shown) shown.textContent = left > 0 ? `${left} s` : "";
    }
  }, 500);

  // The words of a dump light up with the proposal that came from them, and the other way round.
  const light = (operation) => {
    for (const element of document.querySelectorAll("[data-operation]")) {
      element.toggleAttribute("data-lit", operation !== null && element.dataset.operation === operation);
    }
  };
  const follow = (event) => {
    const element = event.target instanceof Element ? event.target.closest("[data-operation]") : null;
    if (element) light(element.dataset.operation);
  };
  document.addEventListener("mouseover", follow);
  document.addEventListener("focusin", follow);

  // Dialogs: data-opens="id" opens, data-closes closes, a click beside it closes too.
  document.addEventListener("click", (event) => {
    const element = event.target instanceof Element ? event.target : null;
    if (!element) return;
    const opener = element.closest("[data-opens]");
    if (opener) open(document.getElementById(opener.dataset.opens));
    const dialog = element.closest("dialog");
    if (dialog && element === dialog && dialog.hasAttribute("data-opens-itself")) return;
    if (dialog && (element === dialog || element.closest("[data-closes]"))) dialog.close();
  });
  const open = (dialog) => {
    if (!dialog || dialog.open) return;
    dialog.showModal();
    (dialog.querySelector("[data-focus]") ?? dialog.querySelector("[autofocus], input, textarea, button"))?.focus();
    if (dialog.id === "command-bar") startCommands(dialog);
  };

  // Menus (data-menu): moved into the window where they would stand out of it; closed by a click elsewhere, by
  // choosing, and by Esc, which gives the focus back.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!event.target.closest?.("summary") || !menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener(
    "toggle",
    (event) => {
      if (!event.target.matches?.("details[data-menu][open]")) return;
      const items = event.target.lastElementChild;
      items.style.translate = "";
      const { left, right } = items.getBoundingClientRect();
      const edge = 8;
      const width = document.documentElement.clientWidth;
      items.style.translate = `${Math.max(edge - left, Math.min(0, width - edge - right))}px`;
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.("details[data-menu][open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // A dialog that the server put on the page opens itself; Esc presses its own way out (data-escape).
  new MutationObserver(() => {
    for (const dialog of document.querySelectorAll("dialog[data-opens-itself]:not([open])")) open(dialog);
  }).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener(
    "cancel",
    (event) => {
      const way = event.target.querySelector?.("[data-escape]");
      if (!way) return;
      event.preventDefault();
      way.click();
    },
    true,
  );

  // The command bar: a list that narrows while one types.
  const startCommands = (dialog) => {
    const input = dialog.querySelector("input");
    input.value = "";
    narrow(dialog, "");
    const late = new MutationObserver(() => narrow(dialog, input.value)); // projects that arrive after the first letter
    late.observe(dialog.querySelector("[role=listbox]"), { childList: true });
    dialog.addEventListener("close", () => late.disconnect(), { once: true });
  };
  const options = (dialog) => [...dialog.querySelectorAll("[role=option]")];
  const narrow = (dialog, text) => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const listed = new Set(); // what is on the list already is not shown a second time by the server
    for (const option of options(dialog)) {
      if ("hit" in option.dataset) {
        option.hidden = !words.length || listed.has(option.getAttribute("href"));
        continue;
      }
      const haystack = option.textContent.toLowerCase();
      option.hidden = !words.every((word) => haystack.includes(word));
      if (!option.hidden) listed.add(option.getAttribute("href"));
    }
    const shown = options(dialog).filter((option) => !option.hidden);
    mark(dialog, shown[0]);
    const nothing = dialog.querySelector("[data-nothing]");
    if (nothing) nothing.hidden = shown.length > 0;
  };
  const mark = (dialog, chosen) => {
    for (const option of options(dialog)) option.setAttribute("aria-selected", String(option === chosen));
    const input = dialog.querySelector("input");
    if (chosen) {
      input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };
  document.addEventListener("input", (event) => {
    const dialog = event.target.closest?.("#command-bar");
    if (dialog) narrow(dialog, event.target.value);
  });
  document.addEventListener("keydown", (event) => {
    const dialog = event.target.closest?.("#command-bar");
    if (!dialog) return;
    const shown = options(dialog).filter((option) => !option.hidden);
    const at = shown.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark(dialog, shown[(at + step + shown.length) % shown.length]);
    } else if (event.key === "Enter" && shown[at]) {
      event.preventDefault();
      dialog.close();
      shown[at].click();
    }
  });

  // Copying: data-copies="id" puts the text of that element on the clipboard and says so for a moment.
  document.addEventListener("click", async (event) => {
    const opener = event.target instanceof Element ? event.target.closest("[data-copies]") : null;
    const source = opener && document.getElementById(opener.dataset.copies);
    if (!source) return;
    const words = opener.lastChild.textContent;
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    opener.lastChild.textContent = "Copied";
    window.setTimeout(() => (opener.lastChild.textContent = words), 1500);
  });

  // Character counts (data-counts names the place, data-cap the most there may be).
  const count = (box) => {
    const place = document.getElementById(box.dataset.counts);
    const length = [...box.value].length;
    const cap = Number(box.dataset.cap);
    if (!place) return;
    place.textContent = `${length.toLocaleString("en")} of ${cap.toLocaleString("en")}`;
    place.classList.toggle("text-bad", length > cap);
  };
  document.addEventListener("input", (event) => event.target.dataset?.counts && count(event.target));

  // Forms that the browser sends (data-native): sent in the background, so that a refusal loses nothing that was typed.
  document.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-native")) return;
      event.preventDefault();
      event.stopPropagation();
      const zone = form.querySelector("input[name=timezone]");
      if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const next = form.querySelector("input[name=next]");
      if (next) next.value = new URLSearchParams(window.location.search).get("next") ?? "/";
      const token = form.querySelector("input[name=token]"); // stands behind the #, where no server and no log sees it
      if (token) token.value = window.location.hash.slice(1);
      const button = form.querySelector("button[type=submit]");
      const said = form.querySelector("[data-error]");
      if (button) button.disabled = true;
      const answer = await send(form);
      if (answer.go) {
        window.location.assign(answer.go);
        return;
      }
      const well = form.querySelector("[data-said]");
      if (answer.said && well) {
        for (const element of form.children) element.hidden = element !== well;
        well.textContent = answer.said;
        well.focus();
        return;
      }
      if (button) button.disabled = false;
      if (said) {
        said.textContent = answer.error;
        said.hidden = false;
        said.focus();
      }
    },
    true,
  );
  // Forms that upload one file (data-upload): the file itself is the body, and a refusal is said in its place.
  document.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-upload")) return;
      event.preventDefault();
      event.stopPropagation();
      const button = form.querySelector("button[type=submit]");
      const said = form.querySelector("[data-error]");
      if (button) button.disabled = true;
      if (said) said.hidden = true;
      const answer = await upload(form);
      if (button) button.disabled = false;
      if (answer.error && said) {
        said.textContent = answer.error;
        said.hidden = false;
        said.focus();
      } else {
        form.reset();
      }
    },
    true,
  );
  const upload = async (form) => {
    try {
      const file = form.querySelector("input[type=file]").files[0];
      const response = await fetch(form.action, { method: "POST", body: file });
      return await response.json();
    } catch {
      return { error: "The file could not be sent. Check that the server is running, then try again." };
    }
  };
  const send = async (form) => {
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { accept: "application/json" },
      });
      return await response.json();
    } catch {
      return { error: "The server cannot be reached. Check that it is running, then try again." };
    }
  };
})();
