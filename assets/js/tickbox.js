// A tick box that shows the tick at once and takes it back when the server says otherwise: when `ticked` comes back
// unchanged, `refusals` has counted up.
import { createElement as draw, useEffect, useState } from "react";

export const TickBox = ({ ticked, refusals, onTick, ...rest }) => {
  const [shown, setShown] = useState(ticked);
  useEffect(() => setShown(ticked), [ticked, refusals]);
  const change = (event) => {
    setShown(event.target.checked);
    onTick?.(event.target.checked);
  };
  return draw("input", { ...rest, type: "checkbox", checked: Boolean(shown), onChange: change });
};
