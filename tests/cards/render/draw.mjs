// Reads [{label, name, card, summary, open: titles of buttons to press}] from standard input and writes one PNG per theme and width into the folder given.
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import puppeteer from "puppeteer-core";

const modules = new URL("node_modules/", import.meta.url);
const libraries = ["adaptivecards/dist/adaptivecards.min.js", "markdown-it/dist/browser/markdown-it.umd.min.js"];

// The values that Teams' clients use (approximately); cards themselves carry no colour.
const THEMES = {
  light: { page: "#f5f5f5", card: "#ffffff", text: "#242424", subtle: "#616161", link: "#4f52b2", primary: "#5b5fc7", onPrimary: "#ffffff", danger: "#c4314b", onDanger: "#ffffff",
    input: "#ffffff", attention: "#b10e1c", warning: "#835b00", good: "#0e700e", accent: "#4f52b2",
    bands: { attention: "#fdf3f4", warning: "#fdf6ec", good: "#f1faf1", accent: "#ebf3fc", emphasis: "#f0f0f0" } },
  dark: { page: "#1f1f1f", card: "#292929", text: "#ffffff", subtle: "#adadad", link: "#9299f7", primary: "#7479e0", onPrimary: "#000000", danger: "#f9526b", onDanger: "#000000",
    input: "#292929", attention: "#dc626d", warning: "#f2c661", good: "#54b054", accent: "#9299f7",
    bands: { attention: "#3b0509", warning: "#463100", good: "#052505", accent: "#2f2f4a", emphasis: "#1f1f1f" } },
  contrast: { page: "#000000", card: "#000000", text: "#ffffff", subtle: "#ffffff", link: "#ffff01", primary: "#1aebff", onPrimary: "#000000", danger: "#ff5f5f", onDanger: "#000000",
    input: "#000000", attention: "#ff5f5f", warning: "#ffff01", good: "#3ff23f", accent: "#1aebff",
    bands: { attention: "#000000", warning: "#000000", good: "#000000", accent: "#000000", emphasis: "#000000" } },
};
const PICTURES = [
  { file: "light", theme: "light", cardWidth: 440, columns: 3 },
  { file: "dark", theme: "dark", cardWidth: 440, columns: 3 },
  { file: "contrast", theme: "contrast", cardWidth: 440, columns: 3 },
  { file: "narrow", theme: "light", cardWidth: 220, columns: 6 },
];

function drawAll(cards, theme) {
  const colors = { default: { default: theme.text, subtle: theme.subtle } };
  for (const color of ["accent", "good", "warning", "attention"]) colors[color] = { default: theme[color], subtle: theme[color] };
  const containerStyles = { default: { backgroundColor: theme.card, foregroundColors: colors } };
  for (const [style, backgroundColor] of Object.entries(theme.bands)) containerStyles[style] = { backgroundColor, foregroundColors: colors };
  const hostConfig = new AdaptiveCards.HostConfig({
    fontFamily: "'Segoe UI', 'DejaVu Sans', sans-serif",
    fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
    fontWeights: { lighter: 200, default: 400, bolder: 600 },
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    containerStyles,
    actions: { showCard: { actionMode: "inline", inlineTopMargin: 12 }, actionsOrientation: "horizontal", actionAlignment: "left", buttonSpacing: 8 },
    factSet: { title: { weight: "bolder", wrap: true, maxWidth: 150 }, value: { wrap: true }, spacing: 16 },
  });
  for (const { name, card, summary, open } of cards) {
    const box = document.body.appendChild(document.createElement("section"));
    box.append(Object.assign(document.createElement("h1"), { textContent: name }));
    box.append(Object.assign(document.createElement("h2"), { textContent: summary }));
    const adaptiveCard = new AdaptiveCards.AdaptiveCard();
    adaptiveCard.hostConfig = hostConfig;
    adaptiveCard.parse(card);
    box.append(adaptiveCard.render());
    for (const opened of open ?? []) [...box.querySelectorAll("button")].find((button) => button.textContent === opened).click();
  }
}

const css = (theme, { cardWidth, columns }) => `
  body { margin: 12px; background: ${theme.page}; color: ${theme.subtle}; display: grid; align-items: start;
         gap: 18px 12px; grid-template-columns: repeat(${columns}, ${cardWidth}px); font-family: 'DejaVu Sans', sans-serif }
  h1 { font-size: 11px; margin: 0 } h2 { font-size: 10px; font-weight: 400; margin: 0 0 4px; overflow-wrap: anywhere }
  .ac-adaptiveCard { border: 1px solid ${theme.subtle}; border-radius: 4px }
  /* As Teams does (microsoft/AdaptiveCards#8792); the library alone cuts off what does not fit. */
  .ac-actionSet { flex-wrap: wrap; row-gap: 8px }
  a { color: ${theme.link} }
  .ac-container[style*="background"] { outline: ${theme.page === theme.card ? `1px solid ${theme.text}` : "none"} }
  .ac-input { background: ${theme.input}; color: ${theme.text}; border: 1px solid ${theme.subtle}; border-radius: 4px;
              padding: 6px; max-width: 100%; box-sizing: border-box; font: 13px 'DejaVu Sans' }
  button { font: 600 13px 'DejaVu Sans'; padding: 6px 12px; border-radius: 4px; border: 1px solid ${theme.subtle};
           background: ${theme.card}; color: ${theme.text} }
  button.style-positive { background: ${theme.primary}; color: ${theme.onPrimary}; border-color: ${theme.primary} }
  button.style-destructive { background: ${theme.danger}; color: ${theme.onDanger}; border-color: ${theme.danger} }`;

async function picture(browser, cards, options, file) {
  const page = await browser.newPage();
  const theme = THEMES[options.theme];
  await page.setViewport({ width: options.columns * (options.cardWidth + 12) + 12, height: 400 });
  await page.setContent(`<!doctype html><meta charset="utf-8"><style>${css(theme, options)}</style>`);
  for (const library of libraries) await page.addScriptTag({ content: await readFile(new URL(library, modules), "utf8") });
  await page.evaluate(drawAll, cards, theme);
  await page.screenshot({ path: file, fullPage: true });
  await page.close();
}

const folder = process.argv[2];
const cards = JSON.parse(await text(process.stdin));
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  for (const options of PICTURES) {
    for (const label of new Set(cards.map((card) => card.label))) {
      const file = join(folder, `${label}-${options.file}.png`);
      await mkdir(dirname(file), { recursive: true });
      await picture(browser, cards.filter((card) => card.label === label), options, file);
    }
  }
} finally {
  await browser.close();
}
