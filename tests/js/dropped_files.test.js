// A dropped folder becomes one .tar file, which tar unpacks again.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";

import { filesIn, packed } from "../../widgets/open/dropped_files.js";
import { groupsOf, manyOf } from "../../widgets/open/large_upload.js";

const fileEntry = (name, text) => ({
  name,
  isFile: true,
  file: (resolve) => resolve(new File([text], name)),
});
const folderEntry = (name, inside) => ({
  name,
  isDirectory: true,
  createReader: () => {
    const rest = [...inside]; // browsers hand them out in parts
    return { readEntries: (resolve) => resolve(rest.splice(0, 2)) };
  },
});
const dropped = (...entries) => ({
  items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })),
  files: [],
});

test("all files of a folder are found, in folders inside it too, and no hidden ones", async () => {
  const inside = [1, 2, 3].map((number) => fileEntry(`p${number}.mca`, `${number}`));
  const { found, folder } = await filesIn(
    dropped(folderEntry("panel", [...inside, fileEntry(".DS_Store", "x"), folderEntry("b", inside)])),
  );
  assert.equal(folder, "panel");
  assert.deepEqual(
    found.map(({ path }) => path),
    ["panel/p1.mca", "panel/p2.mca", "panel/p3.mca", "panel/b/p1.mca", "panel/b/p2.mca", "panel/b/p3.mca"],
  );
});

test("dropped files are taken as they are", async () => {
  const file = new File(["1"], "a.npy");
  const { found, folder } = await filesIn({ items: [{ webkitGetAsEntry: () => fileEntry("a.npy", "1") }], files: [file] });
  assert.deepEqual([found, folder], [[{ path: "a.npy", file }], ""]);
});

test("tar unpacks what was packed, with long and foreign names", async () => {
  const texts = { "panel/é_1.mca": "1\n".repeat(700), "panel/p2.mca": "", [`${"x".repeat(120)}/p3.mca`]: "three" };
  const found = Object.entries(texts).map(([path, text]) => ({ path, file: new File([text], "a") }));
  const tar = packed(found, "panel");
  assert.equal(tar.name, "panel.tar");
  const folder = mkdtempSync(join(tmpdir(), "tar-"));
  writeFileSync(join(folder, "panel.tar"), Buffer.from(await tar.arrayBuffer()));
  execFileSync("tar", ["-xf", "panel.tar"], { cwd: folder });
  assert.equal(readFileSync(join(folder, "panel/é_1.mca"), "utf8"), texts["panel/é_1.mca"]);
  assert.equal(readFileSync(join(folder, "panel/p2.mca"), "utf8"), "");
  assert.equal(readFileSync(join(folder, "p3.mca"), "utf8"), "three");
});

test("of mixed files the largest group that is one scan is packed, and a single file is none", () => {
  const found = ["d/1.mca", "d/2.mca", "d/1.edf", "d/a.py"].map((path) => ({ path, file: new File(["1"], path) }));
  const together = [[".mca", ".txt"], [".edf"]];
  assert.deepEqual(manyOf(together, found, "d").map(({ name }) => name), ["d.tar"]);
  assert.equal(manyOf(together, found, "")[0].name, "scan.tar");
  assert.equal(manyOf(together, found.slice(2), "d"), undefined);
});

test("rows in EDF files, packed ones too, are one scan", () => {
  const found = ["d/r_1.edf.gz", "d/r_2.edf.gz", "d/notes.gz"].map((path) => ({ path, file: new File(["1"], path.slice(2)) }));
  const data = { kinds: [[[".npy"]]], together: [[".mca"], [".edf", ".edf.gz"]] };
  const [[tar]] = groupsOf(data, found, "d");
  assert.equal(tar.name, "d.tar");
  assert.equal(tar.size, 2 * 1024 + 1024); // two files of one block with their headers, and the end
  assert.deepEqual(groupsOf(data, found.slice(2), ""), []);
});

test("a packed file is known by both of its endings", () => {
  const found = ["Fe.edf.gz", "Ca.EDF", "table.csv.gz"].map((path) => ({ path, file: new File(["1"], path) }));
  const groups = groupsOf({ kinds: [[[".edf", ".edf.gz"]]], several: true }, found, "");
  assert.deepEqual(groups.map(([{ name }]) => name), ["Fe.edf.gz", "Ca.EDF"]);
});
