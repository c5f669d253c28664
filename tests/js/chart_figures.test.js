// Figures that were fetched, and what a server answers.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { answer, Figures } from "../../widgets/charts/chart_figures.js";

const asked = [];
const server = createServer((request, response) => {
  asked.push(request.url);
  const hash = new URL(request.url, "http://localhost").searchParams.get("figure");
  response.statusCode = hash === "gone" ? 204 : 200;
  response.end(hash === "gone" ? "" : hash === "broken" ? "{" : JSON.stringify({ hash }));
});
let address;

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${server.address().port}/answers/chart`;
});
after(() => server.close());

test("a figure is fetched once, however often it is wanted", async () => {
  const figures = new Figures();
  asked.length = 0;
  const both = await Promise.all([figures.get("one", address), figures.get("one", address)]);
  assert.deepEqual(both, [{ hash: "one" }, { hash: "one" }]);
  assert.equal(asked.length, 1);
});

test("one that was shown ahead of the page is not fetched", async () => {
  const figures = new Figures();
  asked.length = 0;
  figures.keep("ahead", { hash: "ahead" });
  assert.deepEqual(await figures.get("ahead", address), { hash: "ahead" });
  assert.deepEqual(asked, []);
});

test("the oldest is forgotten", async () => {
  const figures = new Figures();
  for (const hash of ["1", "2", "3", "4", "5"]) await figures.get(hash, address);
  asked.length = 0;
  await figures.get("5", address);
  await figures.get("1", address);
  assert.deepEqual(asked, ["/answers/chart?figure=1"]);
});

test("a figure that the server has no more is none, and is asked for again", async () => {
  const figures = new Figures();
  asked.length = 0;
  for (const hash of ["gone", "gone", "broken"]) assert.equal(await figures.get(hash, address), null);
  assert.equal(asked.length, 3);
});

test("no answer is none", async () => {
  assert.equal(await answer("http://127.0.0.1:9/answers"), null);
});

test("what is shown ahead of the page does not drive out the page's own", async () => {
  const figures = new Figures();
  await figures.get("page", address);
  for (const hash of ["a", "b", "c", "d", "e", "f"]) figures.keep(hash, { hash });
  asked.length = 0;
  assert.deepEqual(await figures.get("page", address), { hash: "page" });
  assert.deepEqual(asked, []);
});
