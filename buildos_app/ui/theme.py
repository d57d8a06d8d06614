"""The look's tokens as Tailwind names. Their values, light and dark, stand in `assets/theme.css`."""

from typing import Any

COLOURS = (
    *("canvas", "surface", "sunken", "hover", "line", "line-strong", "ink", "ink-2", "ink-3"),
    *("accent", "accent-ink", "accent-soft", "accent-text", "good", "good-soft", "warn", "warn-soft"),
    *("bad", "bad-soft", "mark", "mark-2"),
)

TAILWIND: dict[str, Any] = {
    "theme": {
        "colors": {
            **{name: f"var(--{name})" for name in COLOURS},
            "transparent": "transparent",
            "current": "currentColor",
        },
        "fontSize": {
            "xs": ["12px", "1.45"],
            "sm": ["13px", "1.5"],
            "base": ["14px", "1.5"],
            "md": ["15px", "1.6"],
            "lg": ["16px", "1.5"],
            "xl": ["20px", "1.3"],
            "2xl": ["26px", "1.2"],
        },
        "borderRadius": {"none": "0", "s": "6px", "m": "10px", "l": "14px", "full": "9999px"},
        "boxShadow": {"float": "var(--shadow)", "none": "none"},
        "extend": {"fontFamily": {"sans": ["var(--font)"]}},
    },
}
