// Toasts: a function of the state. The server gives the newest news and the page's last short answer; the tab knows by
// a cursor of its own (sessionStorage) what it has shown. Text is only ever text here, never markup and never code.
//
// News is put into the page in the very commit that brought it (useLayoutEffect), not in a later frame.
import { useEffect, useLayoutEffect, useRef, useState } from "react";

const SEEN = "buildos-seen";
const ANSWERED = "buildos-answer";
const AT_ONCE = 3;
const MILLISECONDS = { error: 12000, warning: 9000, success: 6000, info: 6000 };
const SIGNS = {
  success: "M20 6 9 17l-5-5",
  info: "M12 16v-4m0-4h.01",
  warning: "M12 8v5m0 3h.01",
  error: "M12 8v5m0 3h.01",
};

const lifetime = (toast) => (toast.undo ? MILLISECONDS.error : MILLISECONDS[toast.kind] ?? MILLISECONDS.info);

const freshNews = (news) => {
  const top = news.length ? news[0].seq : 0;
  const cursor = sessionStorage.getItem(SEEN);
  if (cursor === null || top > Number(cursor)) sessionStorage.setItem(SEEN, String(top));
  if (cursor === null) return [];
  const fresh = news.filter((item) => item.pops_up && item.seq > Number(cursor)).reverse();
  const shown = fresh.slice(-AT_ONCE).map((item) => ({ ...item, id: `news-${item.seq}` }));
  const more = fresh.length - shown.length;
  if (more > 0) shown.unshift({ id: "more", kind: "info", title: `${more} more in your notifications`, href: "/notifications" });
  return shown;
};

const freshAnswer = (answer) => {
  if (!answer.number || String(answer.number) === sessionStorage.getItem(ANSWERED)) return [];
  sessionStorage.setItem(ANSWERED, String(answer.number));
  return [{ id: answer.kind + answer.text, kind: answer.kind, title: answer.text, undo: Boolean(answer.undo) }];
};

// Each page draws its own toasts: what was shown on the one before is shown on, so that "Applied" outlives the way there.
let shown = [];

export function Toasts({ news, answer, ready }) {
  const [toasts, setToasts] = useState(() =>
    shown.filter((toast) => toast.ends > Date.now()).map((toast) => ({ ...toast, isKept: true })),
  );
  const [isHeld, setHeld] = useState(false);
  const add = (arrived) => {
    if (!arrived.length) return;
    const fresh = arrived.map((toast) => ({ ...toast, ends: Date.now() + lifetime(toast) }));
    const ids = new Set(fresh.map((toast) => toast.id));
    const undoes = fresh.some((toast) => toast.undo); // only the last change can be taken back
    const stays = (toast) => !ids.has(toast.id) && !(toast.undo && undoes);
    setToasts((before) => [...before.filter(stays), ...fresh].slice(-AT_ONCE));
  };
  const close = (id) => setToasts((before) => before.filter((toast) => toast.id !== id));

  useLayoutEffect(() => {
    shown = toasts;
  }, [toasts]);
  useLayoutEffect(() => {
    if (ready) add(freshNews(news));
  }, [ready, news]);
  useLayoutEffect(() => add(freshAnswer(answer)), [answer]);
  useEffect(() => {
    const closeAll = (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) setToasts([]);
    };
    document.addEventListener("keydown", closeAll);
    return () => document.removeEventListener("keydown", closeAll);
  }, []);

  return (
    <section aria-label="Toasts" className="toasts">
      <ol
        aria-live="polite"
        aria-relevant="additions"
        onMouseEnter={() => setHeld(true)}
        onMouseLeave={() => setHeld(false)}
        onFocus={() => setHeld(true)}
        onBlur={() => setHeld(false)}
      >
        {toasts.map((toast) => (
          <Toast key={toast.id} toast={toast} isHeld={isHeld} close={() => close(toast.id)} />
        ))}
      </ol>
    </section>
  );
}

function Toast({ toast, isHeld, close }) {
  useClosing(toast.ends - Date.now(), isHeld, close);
  const undo = () => {
    document.getElementById("undo")?.click();
    close();
  };
  const leadsAway = toast.href && toast.href !== window.location.pathname;
  return (
    <li className="toast" data-kind={toast.kind} data-kept={toast.isKept}>
      <svg viewBox="0 0 24 24" aria-hidden="true">
        {toast.kind !== "success" && <circle cx="12" cy="12" r="9" />}
        <path d={SIGNS[toast.kind] ?? SIGNS.info} />
      </svg>
      <div role={toast.kind === "error" ? "alert" : undefined}>
        <p data-title>{toast.title}</p>
        {toast.detail && <p data-detail>{toast.detail}</p>}
      </div>
      {leadsAway && (
        <a href={toast.href} onClick={close}>
          Open
        </a>
      )}
      {toast.undo && (
        <button type="button" data-action onClick={undo}>
          Undo
        </button>
      )}
      <button type="button" aria-label={`Close ${toast.title}`} title="Close" onClick={close}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M18 6 6 18M6 6l12 12" />
        </svg>
      </button>
    </li>
  );
}

// Closes when its time has passed; the time stands still while somebody reads (pointer or focus) or looks elsewhere.
function useClosing(milliseconds, isHeld, close) {
  const left = useRef(milliseconds);
  const [isAway, setAway] = useState(false);
  useEffect(() => {
    const look = () => setAway(document.hidden);
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, []);
  useEffect(() => {
    if (isHeld || isAway) return undefined;
    const began = Date.now();
    const timer = window.setTimeout(close, left.current);
    return () => {
      window.clearTimeout(timer);
      left.current -= Date.now() - began;
    };
  }, [isHeld, isAway]);
}
