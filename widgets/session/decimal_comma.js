// Lets numbers be typed and pasted with a decimal comma: `widgets/session/decimal_comma.py` says why.

// A number with one kind of point, a decimal one: of two kinds the last is the decimal point
export const withPoint = (text) => {
  const parts = text.split(/[.,]/);
  if (parts.length < 3) return parts.join(".");
  const decimals = text.includes(".") && text.includes(",") ? `.${parts.pop()}` : "";
  return parts.join("") + decimals;
};

const typed = (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || field.type !== "number" || !event.data?.includes(",")) return;
  event.preventDefault();
  const before = field.value;
  // The one way to insert a text as if it were typed
  document.execCommand("insertText", false, event.data === "," ? "." : withPoint(event.data));
  if (event.data === "," && field.value === before && /^-?\d{1,3}(\.\d{3})$/.test(before)) {
    field.select(); // Chromium takes no second point; the first was one for thousands
    document.execCommand("insertText", false, `${before.replace(".", "")}.`);
  }
};

export default function () {
  const left = new AbortController();
  document.addEventListener("beforeinput", typed, { capture: true, signal: left.signal });
  return () => left.abort();
}
