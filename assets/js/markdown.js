// Markdown that somebody wrote, drawn without trust: HTML stays text, pictures become links, and a link leads to https
// or mailto or is no link at all. Headings are all of one level, below the heading of the card that they stand in.
import { createElement as draw, useEffect, useState } from "react";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";

const ALLOWED = /^(https:\/\/|mailto:)/i;
const allowed = (url) => (ALLOWED.test(url) ? url : "");

const link = ({ href, children }) =>
  href
    ? draw("a", { href, target: "_blank", rel: "noopener noreferrer nofollow ugc" }, children)
    : draw("span", null, children);
const picture = ({ src, alt }) => link({ href: src, children: alt || src });
const heading = (size) => ({ children }) => draw("h3", { className: `markdown-${size}` }, children);
const box = ({ checked }) => draw("span", { role: "img", "aria-label": checked ? "done" : "open" }, checked ? "☑ " : "☐ ");
const table = ({ children }) => draw("div", { className: "markdown-table", tabIndex: 0 }, draw("table", null, children));

const components = {
  a: link,
  img: picture,
  h1: heading("h1"),
  h2: heading("h2"),
  h3: heading("h3"),
  h4: heading("h3"),
  h5: heading("h3"),
  h6: heading("h3"),
  input: box,
  table,
};
const plugins = [remarkGfm];

export const SafeMarkdown = ({ text, className }) =>
  draw(
    "div",
    { className: `markdown ${className ?? ""}` },
    draw(ReactMarkdown, { components, remarkPlugins: plugins, urlTransform: allowed }, text ?? ""),
  );

// Beside the box with the id `area`: a button that shows what is written there as it is meant, in place of the box.
export const MarkdownPreview = ({ area, buttonClass, textClass }) => {
  const [text, setText] = useState(null);
  const isShown = text !== null;
  useEffect(() => {
    const box = document.getElementById(area);
    if (box) box.hidden = isShown;
  }, [area, isShown]);
  const toggle = () => setText(isShown ? null : document.getElementById(area).value);
  return draw(
    "div",
    { className: "contents" },
    draw("button", { type: "button", className: buttonClass, "aria-pressed": isShown, onClick: toggle }, "Preview"),
    isShown && draw(SafeMarkdown, { text: text.trim() || "*Nothing is written yet.*", className: textClass }),
  );
};
