// Files that are dropped, of folders too, and many small ones packed into one .tar file, so that a scan with a
// file for each pixel is one upload.

const BLOCK = 512; // bytes; all parts of a .tar file have a multiple of them (POSIX 1003.1, ustar)
const MAX_NAME = 100; // bytes of a name in its header

const read = (entry) =>
  new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });

const someIn = (reader) =>
  new Promise((resolve, reject) => {
    reader.readEntries(resolve, reject);
  });

const walk = async (entry, folder, found) => {
  if (entry.name.startsWith(".")) return;
  const path = folder + entry.name;
  if (entry.isFile) {
    found.push({ path, file: await read(entry) });
    return;
  }
  const reader = entry.createReader();
  for (let some = await someIn(reader); some.length; some = await someIn(reader)) {
    for (const inside of some) await walk(inside, `${path}/`, found);
  }
};

// The files of a drop with their paths, and the name of the folder if one was dropped.
export const filesIn = async ({ items, files }) => {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const folder = entries.find((entry) => entry.isDirectory);
  if (!folder) return { found: [...files].map((file) => ({ path: file.name, file })), folder: "" };
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  return { found, folder: folder.name };
};

const octal = (number, digits) => number.toString(8).padStart(digits, "0");

// The header of a file in a .tar file.
export const tarHeader = (name, size) => {
  const header = new Uint8Array(BLOCK);
  const put = (text, place) => header.set(new TextEncoder().encode(text), place);
  put(name, 0);
  put("0000644\0" + "0000000\0".repeat(2), 100);
  put(`${octal(size, 11)}\0${octal(0, 11)}\0`, 124);
  put("        0", 148); // spaces stand for the checksum while it is computed; "0": an ordinary file
  put("ustar\u000000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return header;
};

const shortened = (path) => {
  const length = (text) => new TextEncoder().encode(text).length;
  let name = path;
  while (length(name) > MAX_NAME && name.includes("/")) name = name.slice(name.indexOf("/") + 1);
  while (length(name) > MAX_NAME) name = name.slice(1);
  return name;
};

// One .tar file of all; the browser reads them while it is sent.
export const packed = (found, name) => {
  const parts = found.flatMap(({ path, file }) => [
    tarHeader(shortened(path), file.size),
    file,
    new Uint8Array((BLOCK - (file.size % BLOCK)) % BLOCK),
  ]);
  return new File([...parts, new Uint8Array(2 * BLOCK)], `${name}.tar`);
};
