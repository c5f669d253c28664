// Sends large files to the server, with a progress bar and a button to stop.
// `widgets/open/large_upload.py` says why Streamlit's own uploader is not used.

import { filesIn, packed } from "./dropped_files.js";

const running = new WeakMap(); // the upload of each area, which Streamlit may redraw at any time

export const amount = (bytes) =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(2)} GB` : `${Math.max(bytes / 1e6, 0.1).toFixed(1)} MB`;
export const duration = (seconds) =>
  seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
export const filesOf = (kind, chosen) =>
  kind.map((endings) => chosen.find(({ name }) => endings.includes(endingOf(name))));
// The largest group of files that are one scan together, packed into one; undefined if there is none.
export const manyOf = (together, found, folder) => {
  const groups = together.map((endings) => found.filter(({ path }) => endings.includes(endingOf(path))));
  const largest = groups.reduce((one, other) => (other.length > one.length ? other : one), []);
  return largest.length > 1 ? [packed(largest, folder || "scan")] : undefined;
};
// Groups of files that are one upload each: the files of one scan, or of several files each by itself.
export const groupsOf = ({ kinds, together = [], several = false }, found, folder) => {
  const chosen = found.map(({ file }) => file);
  if (several) {
    return chosen.filter(({ name }) => kinds.flat(2).includes(endingOf(name))).map((file) => [file]);
  }
  const files = kinds.map((kind) => filesOf(kind, chosen)).find((of) => !of.includes(undefined));
  const group = files ?? manyOf(together, found, folder);
  return group ? [group] : [];
};
const PACKED = ".gz"; // the ending of a packed file is its own one with this, such as .edf.gz
const lastEnding = (name) => name.slice(name.lastIndexOf(".")).toLowerCase();
const endingOf = (name) => {
  const last = lastEnding(name);
  const inside = name.slice(0, -last.length);
  return last === PACKED && inside.includes(".") ? lastEnding(inside) + last : last;
};
const adviceFor = (advice, name) => advice[endingOf(name)] ?? advice[lastEnding(name)];
const warn = (event) => event.preventDefault(); // the browser then asks before it closes the page

export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const send = (texts, request, method, url, headers, body = null) => {
  request.open(method, url);
  Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
  return new Promise((resolve, reject) => {
    request.onload = () => {
      let answer;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        answer = { error: texts.senseless };
      }
      if (!answer.error) resolve(answer);
      else reject(answer);
    };
    request.onerror = () => reject({ error: texts.unreachable });
    request.onabort = () => reject({ stopped: true });
    request.send(body);
  });
};

export default function ({ data, parentElement, setTriggerValue }) {
  const texts = data.texts;
  const find = (name) => parentElement.querySelector(`.${name}`);
  const [zone, input, choose, bar, said, stop] = ["zone", "files", "choose", "bar", "said", "stop"].map(find);
  const state = running.get(parentElement) ?? { request: null };
  running.set(parentElement, state);

  const show = (text, fraction = null) => {
    said.textContent = text;
    bar.hidden = stop.hidden = fraction === null;
    choose.hidden = !bar.hidden;
    if (fraction !== null) bar.value = fraction;
  };
  if (!state.request) show(data.note);
  choose.textContent = data.label;
  stop.textContent = texts.stop;
  const endings = [...data.kinds.flat(2), ...data.together.flat()];
  input.accept = [...endings, ...endings.filter((each) => each.endsWith(PACKED)).map(() => PACKED)].join(",");
  input.multiple = data.several || data.together.length > 0 || data.kinds.some((kind) => kind.length > 1);

  const upload = async (file, name, done, all, beside) => {
    const url = `${data.address}/${encodeURIComponent(name)}`;
    const headers = { [data.header]: data.ticket, ...(beside && { [data.beside]: beside }) };
    // Preflight request: the browser does not report a refusal in the middle of a body.
    await send(texts, (state.request = new XMLHttpRequest()), "GET", `${url}?size=${file.size}`, headers);
    const began = performance.now();
    const showProgress = ({ loaded }) => {
      const left = ((performance.now() - began) / 1000 / loaded) * (file.size - loaded);
      const isWhole = loaded >= file.size;
      const text = filled(isWhole ? texts.checking : texts.remaining, {
        sent: amount(done + loaded),
        size: amount(all),
        time: duration(left),
      });
      show(text, (done + loaded) / all);
    };
    const request = (state.request = new XMLHttpRequest());
    request.upload.onprogress = showProgress;
    return (await send(texts, request, "PUT", url, headers, file)).identifier;
  };

  const take = async (found, folder) => {
    if (state.request) return;
    const groups = groupsOf(data, found, folder);
    if (!groups.length) {
      const [name = ""] = found.map(({ path }) => path).filter((path) => adviceFor(data.advice, path));
      return show(name ? filled(adviceFor(data.advice, name), { name }) : data.wanted);
    }
    const [[{ name }]] = groups;
    const all = groups.flat().reduce((sum, { size }) => sum + size, 0);
    window.addEventListener("beforeunload", warn);
    show(texts.starting, 0);
    try {
      const identifiers = [];
      let done = 0;
      for (const files of groups) {
        const stem = files[0].name.slice(0, -endingOf(files[0].name).length);
        let identifier = null;
        for (const file of files) {
          identifier = await upload(file, stem + endingOf(file.name), done, all, identifier);
          done += file.size;
        }
        identifiers.push(identifier);
      }
      show(texts.done);
      setTriggerValue("done", { identifiers, name });
    } catch (problem) {
      if (problem.broken) {
        show(data.note); // the page offers a rescue
        setTriggerValue("broken", { ...problem, name });
      } else {
        show(problem.stopped ? texts.stopped : problem.error);
      }
    } finally {
      state.request = null;
      window.removeEventListener("beforeunload", warn);
      input.value = "";
    }
  };

  choose.onclick = () => input.click();
  input.onchange = () =>
    take(
      [...input.files].map((file) => ({ path: file.name, file })),
      "",
    );
  stop.onclick = () => state.request?.abort();
  zone.ondragover = (event) => {
    event.preventDefault();
    zone.classList.add("over");
  };
  zone.ondragleave = () => zone.classList.remove("over");
  zone.ondrop = async (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const { found, folder } = await filesIn(event.dataTransfer);
    await take(found, folder);
  };
  return () => {
    state.request?.abort(); // the visitor has gone to another page
    window.removeEventListener("beforeunload", warn);
  };
}
