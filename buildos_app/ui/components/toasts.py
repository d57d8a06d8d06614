"""Toasts as a function of state: news from the table and a page's own short answers, drawn by sonner.

The server publishes the newest news; the browser decides by a cursor of its own (one per tab, in sessionStorage)
which of it is new. So a reload, a new token, a restart of the server and several tabs all behave, and no text of a
person or a model ever becomes JavaScript, as it would with `rx.toast`.
"""

from typing import Any

import reflex as rx
from reflex.utils.imports import ImportDict
from reflex.vars import VarData

SONNER = "sonner@2.0.8"

_HOOK = """
useEffect(() => {{
  if (!{ready}) return;
  const news = {news};
  const top = news.length ? news[0].seq : 0;
  const cursor = sessionStorage.getItem("buildos-seen");
  if (cursor !== null) {{
    const fresh = news.filter((item) => item.seq > Number(cursor)).reverse();
    for (const item of fresh.slice(-3)) {{
      const action = item.href && item.href !== window.location.pathname && {{
        label: "Open",
        onClick: () => window.location.assign(item.href),
      }};
      showToast[item.kind](item.title, {{
        id: "news-" + item.seq, description: item.detail, action, duration: item.kind === "error" ? 12000 : 6000,
      }});
    }}
    if (fresh.length > 3) showToast.info(`${{fresh.length - 3}} more in your notifications`, {{ id: "more" }});
  }}
  if (cursor === null || top > Number(cursor)) sessionStorage.setItem("buildos-seen", String(top));
}}, [{ready}, {news}]);
useEffect(() => {{
  const answer = {answer};
  const shown = Number(sessionStorage.getItem("buildos-answer"));
  if (answer.number && answer.number !== shown) showToast[answer.kind](answer.text, {{
    id: answer.kind + answer.text, duration: answer.kind === "error" || answer.undo ? 12000 : 5000,
    action: answer.undo ? {{ label: "Undo", onClick: () => document.getElementById("undo")?.click() }} : undefined,
  }});
  if (answer.number) sessionStorage.setItem("buildos-answer", String(answer.number));
}}, [{answer}]);
"""


class Toasts(rx.Component):
    """Draws nothing itself; shows a toast for each new item."""

    library = SONNER
    tag = "Toaster"

    news: rx.Var[list[dict[str, str | int]]]
    answer: rx.Var[dict[str, str | int]]
    ready: rx.Var[bool]

    position: rx.Var[str]
    offset: rx.Var[dict[str, str]]
    mobile_offset: rx.Var[dict[str, str]]
    close_button: rx.Var[bool]
    container_aria_label: rx.Var[str]
    toast_options: rx.Var[dict[str, object]]

    def add_imports(self) -> ImportDict:
        """What the hook uses."""
        return {SONNER: [rx.ImportVar(tag="toast", alias="showToast")], "react": [rx.ImportVar(tag="useEffect")]}

    def add_hooks(self) -> list[str | rx.Var[Any]]:
        """The two effects: news, and short answers."""
        code = _HOOK.format(news=str(self.news), answer=str(self.answer), ready=str(self.ready))
        data = VarData.merge(*(var._get_all_var_data() for var in (self.news, self.answer, self.ready)))
        return [rx.Var(code, _var_data=data)]

    def _exclude_props(self) -> list[str]:
        return ["news", "answer", "ready"]
