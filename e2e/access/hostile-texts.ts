// Texts that run as script, or mislead a reader, if a page does not treat them as plain text. A script
// that runs sets `onewayWasHit` or opens a dialog, which a browser test can detect.

const effects = ['onewayWasHit=1', 'alert(1)', 'window["onewayWasHit"]=1', 'top.onewayWasHit=1']

/** From OWASP's XSS Filter Evasion Cheat Sheet (https://cheatsheetseries.owasp.org/cheatsheets/XSS_Filter_Evasion_Cheat_Sheet.html). */
const templates: ((effect: string) => string)[] = [
  (x) => `<script>${x}</script>`,
  (x) => `"><script>${x}</script>`,
  (x) => `'><script>${x}</script>`,
  (x) => `</script><script>${x}</script>`,
  (x) => `</title><script>${x}</script>`,
  (x) => `</textarea><script>${x}</script>`,
  (x) => `</style><script>${x}</script>`,
  (x) => `--><script>${x}</script>`,
  (x) => `]]><script>${x}</script>`,
  (x) => `<ScRiPt>${x}</sCrIpT>`,
  (x) => `<scr<script>ipt>${x}</script>`,
  (x) => `<script/x>${x}</script>`,
  (x) => `<script\t>${x}</script>`,
  (x) => `<img src=x onerror=${x}>`,
  (x) => `"><img src=x onerror=${x}>`,
  (x) => `<img src=x onerror="${x}"//`,
  (x) => `<img/src=x/onerror=${x}>`,
  (x) => `<svg onload=${x}>`,
  (x) => `<svg><script>${x}</script></svg>`,
  (x) => `<svg><animate onbegin=${x} attributeName=x>`,
  (x) => `<math><mtext><img src=x onerror=${x}>`,
  (x) => `<body onload=${x}>`,
  (x) => `<iframe src="javascript:${x}">`,
  (x) => `<iframe srcdoc="<script>parent.${x}</script>">`,
  (x) => `<a href="javascript:${x}">x</a>`,
  (x) => `<form action="javascript:${x}"><button>x`,
  (x) => `<input autofocus onfocus=${x}>`,
  (x) => `" autofocus onfocus=${x} x="`,
  (x) => `' autofocus onfocus=${x} x='`,
  (x) => `<details open ontoggle=${x}>`,
  (x) => `<video><source onerror=${x}>`,
  (x) => `<audio src=x onerror=${x}>`,
  (x) => `<marquee onstart=${x}>`,
  (x) => `<object data="javascript:${x}">`,
  (x) => `<embed src="javascript:${x}">`,
  (x) => `<link rel=stylesheet href="javascript:${x}">`,
  (x) => `<base href="javascript:${x}//">`,
  (x) => `<meta http-equiv=refresh content="0;javascript:${x}">`,
  (x) => `<style>@import "javascript:${x}";</style>`,
  (x) => `<template><script>${x}</script></template>`,
  (x) => `javascript:${x}`,
  (x) => `data:text/html,<script>${x}</script>`,
  (x) => `\${${x}}`,
  (x) => `{{constructor.constructor('${x}')()}}`,
  (x) => `&lt;script&gt;${x}&lt;/script&gt;`,
  (x) => `&#60;script&#62;${x}&#60;/script&#62;`,
  (x) => `%3Cscript%3E${x}%3C/script%3E`,
  (x) => `\\u003cscript\\u003e${x}\\u003c/script\\u003e`,
  (x) => `<noscript><p title="</noscript><img src=x onerror=${x}>">`,
  (x) => `<x onpointerover=${x} style="position:fixed;inset:0">`,
]

/** 200 different texts. */
export const scripts: string[] = templates.flatMap((fill) => effects.map((effect) => fill(effect)))

/** What a spreadsheet evaluates or runs. */
export const formulas = [
  '=1+1',
  '=HYPERLINK("http://evil.example","x")',
  '+cmd|"/C calc"!A0',
  '-2+3+cmd|"/C calc"!A0',
  '@SUM(1+1)*cmd|"/C calc"!A0',
  '＝1+1',
  '＠SUM(1)',
]

/** Misleading, right-to-left and combining characters. */
export const misleading = [
  'photo\u202egpj.exe',
  'מכשיר בדיקה',
  'جهاز اختبار',
  '👩‍🔬🏳️‍🌈 lab',
  'e\u0301\u0323\u0300combining',
  'zero\u200bwidth',
  `long${'x'.repeat(96)}`,
  '\u2066isolate\u2069 \u061cmark',
]
