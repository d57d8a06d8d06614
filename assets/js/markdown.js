// Markdown that somebody wrote, drawn without trust: HTML stays text, pictures become links, and a link leads to https
// or mailto or is no link at all. Headings are all of one level, below the heading of the card that they stand in.
import { createElement as draw } from "react";
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
