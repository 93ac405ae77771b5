// Opens the live view in a browser and answers questions, a line of JSON for a line on standard input.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
const { chromium } = createRequire(process.env.FTPSH_BROWSER + "/")("playwright-core");

const [url, shots] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.FTPSH_CHROMIUM, args: ["--no-sandbox", "--enable-precise-memory-info"] });
const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, acceptDownloads: true });
const pages = [], requests = [], problems = [];

async function open() {
  const page = await context.newPage();
  page.on("request", r => requests.push(r.url()));
  page.on("console", m => { if (m.type() === "error" || m.type() === "warning") problems.push(m.text()); });
  page.on("pageerror", e => problems.push(String(e)));
  page.on("dialog", d => { problems.push("dialog " + d.message()); d.dismiss(); });
  await page.goto(url);
  await page.waitForSelector("#state.on");
  pages.push(page);
}

async function download(page, key) {
  const wait = page.waitForEvent("download");
  await page.keyboard.press(key);
  const stream = await (await wait).createReadStream();
  let text = "";
  for await (const part of stream) text += part;
  return text;
}

// until asks the page again and again: its policy lets nothing be evaluated inside it by text.
async function until(page, selector, count) {
  for (const end = Date.now() + 20000; Date.now() < end; await new Promise(r => setTimeout(r, 20)))
    if (await page.locator(selector).count() >= count) return;
  throw new Error(`${await page.locator(selector).count()} of ${count} ${selector}`);
}

const rows = page => page.$$eval("g.row", all => all.map(g => ({
  conn: g.querySelectorAll("text")[1].textContent, text: g.querySelectorAll("text")[2].textContent,
  locked: !!g.querySelector(".lock"), line: g.querySelector("line")?.getAttribute("class") || "",
})));

const answers = {
  open,
  rows: async ([n, count]) => {
    await until(pages[n], "g.row", count);
    return rows(pages[n]);
  },
  ended: async ([n, count]) => {
    await until(pages[n], "h2 .ok, h2 .failed", count);
    return pages[n].$$eval("h2", all => all.map(h => h.textContent));
  },
  reload: async ([n]) => { await pages[n].reload(); await pages[n].waitForSelector("#state.on"); },
  press: async ([n, key]) => { await pages[n].keyboard.press(key); return pages[n].textContent("#about"); },
  hover: async ([n, text]) => { await pages[n].hover(`g.row:has-text("${text}")`); return pages[n].textContent("#about"); },
  look: async ([n, name, theme]) => {
    await pages[n].bringToFront();
    await pages[n].emulateMedia({ colorScheme: theme });
    await pages[n].screenshot({ path: `${shots}/${name}.png` });
    return pages[n].evaluate(() => ({ background: getComputedStyle(document.body).backgroundColor, size: getComputedStyle(document.body).fontSize,
      overflow: document.documentElement.scrollWidth - innerWidth }));
  },
  download: ([n, key]) => download(pages[n], key),
  heap: async ([n]) => {
    const devtools = await context.newCDPSession(pages[n]);
    await devtools.send("HeapProfiler.collectGarbage");
    return pages[n].evaluate(() => performance.memory.usedJSHeapSize);
  },
  safety: async ([n]) => ({ hacked: await pages[n].evaluate(() => window.hacked || 0), requests, problems,
    scripts: await pages[n].$$eval("script, img, iframe", all => all.map(e => e.outerHTML)) }),
};

console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...args] = JSON.parse(line);
  try {
    console.log(JSON.stringify({ value: await answers[name](args) ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
await browser.close();
