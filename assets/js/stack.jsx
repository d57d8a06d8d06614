// The stack of running things: a card for each job that runs, waits or has just ended.
//
// The jobs come with the state. While the websocket is down they are asked for over HTTP every two seconds instead, so
// that the cards go on. What was put away and what is open is remembered by the browser, for all of its tabs.
import { useEffect, useRef, useSyncExternalStore } from "react";

const POLL_MILLISECONDS = 2000;
const DONE_MILLISECONDS = 5000;
const AT_ONCE = 5;
const LIVE = new Set(["pending", "processing", "retrying"]);
const AWAY = "buildos-put-away";
const OPEN = "buildos-open-job";

// One store for all stacks of a tab: the navigation's and the phone's show the same.
const store = { away: new Set(), open: "", asked: null, seenDone: new Map(), version: 0 };
const watchers = new Set();
const changed = () => {
  store.version += 1;
  for (const watch of watchers) watch();
};
const subscribe = (watch) => {
  watchers.add(watch);
  return () => watchers.delete(watch);
};
const readStorage = () => {
  try {
    store.away = new Set(JSON.parse(localStorage.getItem(AWAY) ?? "[]"));
  } catch {
    store.away = new Set();
  }
  store.open = sessionStorage.getItem(OPEN) ?? "";
  changed();
};
const putAway = (id) => {
  store.away.add(id);
  localStorage.setItem(AWAY, JSON.stringify([...store.away].slice(-100)));
  changed();
};
const toggle = (id) => {
  store.open = store.open === id ? "" : id;
  sessionStorage.setItem(OPEN, store.open);
  changed();
};

// What has just been done stays for five seconds; what failed stays until it is put away.
const remains = (job) => {
  if (store.away.has(job.id)) return false;
  if (job.state === "failed" || LIVE.has(job.state)) return true;
  if (!store.seenDone.has(job.id)) {
    store.seenDone.set(job.id, Date.now() - job.ended_seconds_ago * 1000);
    window.setTimeout(changed, DONE_MILLISECONDS);
  }
  return Date.now() - store.seenDone.get(job.id) < DONE_MILLISECONDS;
};

const asCard = (job) => ({
  id: job.id,
  title: job.title,
  subject: job.subject,
  state: job.status,
  detail: job.error ?? (job.status === "completed" ? "Done" : job.progress.message ?? "Waits for its turn"),
  percent: job.status === "completed" ? 100 : job.progress.percent ?? 0,
  href: job.href,
  facts: "",
  can_cancel: LIVE.has(job.status),
  can_retry: job.status === "failed" || job.status === "cancelled",
  ended_seconds_ago: job.completed_at ? Math.max(0, Math.round((Date.now() - Date.parse(job.completed_at)) / 1000)) : -1,
});

const ask = async () => {
  try {
    const response = await fetch("/api/queue-jobs?current=true", { headers: { accept: "application/json" } });
    if (response.ok) store.asked = (await response.json()).jobs.map(asCard);
  } catch {
    return; // the server is away as well: the next round asks again
  }
  changed();
};
const tell = async (job, path, method) => {
  await fetch(`/api/queue-jobs/${job.id}${path}`, { method, headers: { accept: "application/json" } }).catch(() => {});
  await ask();
};

export function Stack({ jobs, ready, offline, onCancel, onRetry }) {
  useSyncExternalStore(subscribe, () => store.version, () => 0);
  useEffect(() => {
    readStorage();
    window.addEventListener("storage", readStorage);
    return () => window.removeEventListener("storage", readStorage);
  }, []);
  useEffect(() => {
    if (!offline) return undefined;
    ask();
    const timer = window.setInterval(ask, POLL_MILLISECONDS);
    return () => {
      window.clearInterval(timer);
      store.asked = null;
    };
  }, [offline]);
  const current = offline && store.asked ? store.asked : ready ? jobs : [];
  useArrival(current);

  const cards = current.filter(remains).reverse();
  const folded = cards.length - AT_ONCE;
  return (
    <section className="stack" aria-label="Running">
      <div role="status" className="sr-only">
        {cards.filter((job) => !LIVE.has(job.state)).map((job) => `${job.title} ${job.subject}: ${job.state}. `)}
      </div>
      {folded > 0 && (
        <a href="/jobs" className="stack-more">
          {`+${folded} more`}
        </a>
      )}
      {cards.length > 0 && (
        <ul>
          {cards.slice(-AT_ONCE).map((job) => (
            <Card
              key={job.id}
              job={job}
              isOpen={store.open === job.id}
              cancel={() => (offline ? tell(job, "", "DELETE") : onCancel(job.id))}
              retry={() => {
                putAway(job.id);
                if (offline) tell(job, "/retry", "POST");
                else onRetry(job.id);
              }}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

function Card({ job, isOpen, cancel, retry }) {
  const hasEnded = !LIVE.has(job.state);
  const showsMore = isOpen || job.state === "failed";
  const name = job.subject ? `${job.title} · ${job.subject}` : job.title;
  const close = (event) => {
    if (event.key !== "Escape" || !isOpen) return;
    event.preventDefault();
    toggle(job.id);
  };
  return (
    <li className="stack-card" data-state={job.state} data-job={job.id} onKeyDown={close}>
      <button type="button" aria-expanded={isOpen} onClick={() => toggle(job.id)} className="stack-head">
        <b>{job.title}</b>
        <span>{job.subject ? `${job.subject} · ${job.detail}` : job.detail}</span>
      </button>
      {!hasEnded && (
        <div
          role="progressbar"
          aria-label={name}
          aria-valuenow={job.percent}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuetext={job.detail}
          className="stack-bar"
        >
          <div style={{ width: `${job.percent}%` }} />
        </div>
      )}
      {showsMore && (
        <div className="stack-more-of-it">
          {job.facts && <p>{job.facts}</p>}
          <div>
            <a href={job.href} aria-label={`Open ${name}`}>
              Open
            </a>
            {job.can_retry && (
              <button type="button" onClick={retry} aria-label={`Retry ${name}`}>
                Retry
              </button>
            )}
            {job.can_cancel && (
              <button type="button" onClick={cancel} aria-label={`Cancel ${name}`}>
                Cancel
              </button>
            )}
            {hasEnded && (
              <button type="button" onClick={() => putAway(job.id)} aria-label={`Dismiss ${name}`}>
                Dismiss
              </button>
            )}
          </div>
        </div>
      )}
    </li>
  );
}

// One job on the page where its work will be seen.
export function JobProgress({ title, job, offline, done, onCancel }) {
  useSyncExternalStore(subscribe, () => store.version, () => 0);
  const asked = offline ? store.asked?.find((each) => each.id === job.id) : undefined;
  const hasEnded = asked !== undefined && !LIVE.has(asked.state);
  const words = asked === undefined ? job.detail : asked.state === "completed" ? done : asked.detail;
  const percent = asked?.percent ?? job.percent;
  return (
    <section className="job-progress" aria-label={title}>
      <div>
        <b>{title}</b>
        <p role="status">{words}</p>
        <div
          role="progressbar"
          aria-label={title}
          aria-valuenow={percent}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuetext={words}
          className="stack-bar"
        >
          <div style={{ width: `${percent}%` }} />
        </div>
      </div>
      {!hasEnded && (
        <button type="button" onClick={() => (offline ? tell(job, "", "DELETE") : onCancel())}>
          Cancel
        </button>
      )}
    </section>
  );
}

// A page that waits for a job (data-waits-for=<its id>) goes to what the job made as soon as it is done.
function useArrival(jobs) {
  const gone = useRef("");
  useEffect(() => {
    for (const job of jobs) {
      if (job.state !== "completed" || gone.current === job.id || job.href === window.location.pathname) continue;
      if (!document.querySelector(`[data-waits-for="${CSS.escape(job.id)}"]`)) continue;
      gone.current = job.id;
      window.location.assign(job.href);
    }
  });
}
