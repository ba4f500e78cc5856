// Texts that would run, or lead the eye astray, where a page took them for anything but text. What runs
// sets `onewayWasHit` or opens a dialog, so that a browser tells.

const effects = ['onewayWasHit=1', 'alert(1)', 'window["onewayWasHit"]=1', 'top.onewayWasHit=1']

/** The shapes of OWASP's filter evasion page, each to be filled with an effect (https://cheatsheetseries.owasp.org/cheatsheets/XSS_Filter_Evasion_Cheat_Sheet.html). */
const shapes: ((effect: string) => string)[] = [
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

/** Two hundred of them, none the same. */
export const scripts: string[] = shapes.flatMap((shape) => effects.map((effect) => shape(effect)))

/** What a spreadsheet would reckon with, or start. */
export const formulas = [
  '=1+1',
  '=HYPERLINK("http://evil.example","x")',
  '+cmd|"/C calc"!A0',
  '-2+3+cmd|"/C calc"!A0',
  '@SUM(1+1)*cmd|"/C calc"!A0',
  '＝1+1',
  '＠SUM(1)',
]

/** What leads the eye astray, or is written in other directions. */
export const odd = [
  'photo\u202egpj.exe',
  'מכשיר בדיקה',
  'جهاز اختبار',
  '👩‍🔬🏳️‍🌈 lab',
  'e\u0301\u0323\u0300combining',
  'zero\u200bwidth',
  `long${'x'.repeat(96)}`,
  '\u2066isolate\u2069 \u061cmark',
]
