import type { InquiryOutcome } from './inquiryAggregator';

/** The color of each outcome on white and on black. Neighbors in a bar also differ in brightness. */
const OUTCOME_COLORS: Record<InquiryOutcome, [light: string, dark: string]> = {
	approved: ['#1b7f4d', '#5fd197'],
	undecided: ['#7cc4e8', '#2f7fae'],
	needsReview: ['#d98a00', '#ffc45c'],
	declined: ['#a3162a', '#e0566a'],
	failed: ['#d98cc4', '#c07ab0'],
	expired: ['#6b7280', '#9aa3b2'],
	pending: ['#a9b8e8', '#5a6db5'],
	notStarted: ['#d5d9e0', '#4a505c'],
	other: ['#111827', '#f3f4f6'],
};

const entries = Object.entries(OUTCOME_COLORS);

const formatVariables = (isDark: boolean) =>
	entries.map(([outcome, pair]) => `--${outcome}:${pair[isDark ? 1 : 0]};`).join('');

const classes = entries
	.map(
		([outcome]) =>
			`.fill-${outcome}{fill:var(--${outcome})}.back-${outcome}{background:var(--${outcome})}`,
	)
	.join('\n');

/** The style of the page: on bright and dark screens, and on paper. */
export const STYLESHEET = `
:root{color-scheme:light dark;--paper:#fff;--ink:#16181d;--soft:#565c68;--line:#d9dce2;--tint:#f5f6f8;${formatVariables(false)}}
@media screen and (prefers-color-scheme:dark){:root{--paper:#14161a;--ink:#eceef2;--soft:#a9b0bd;--line:#363b45;--tint:#1d2026;${formatVariables(true)}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:2rem 1.25rem 3rem;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}
h1{margin:0 0 .25rem;font-size:1.75rem;line-height:1.2}
h2{margin:2.25rem 0 .75rem;font-size:1.15rem}
p{margin:.15rem 0}
.soft{color:var(--soft)}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.2rem,1fr));gap:.75rem;margin:1.5rem 0 0}
.figures div{padding:.75rem .8rem;border:1px solid var(--line);border-radius:.5rem;background:var(--tint)}
.figures dt{color:var(--soft);font-size:.85rem}
.figures dd{margin:0;font-size:1.3rem;font-weight:600;white-space:nowrap;font-variant-numeric:tabular-nums;line-height:1.3}
.figures dd small{display:block;color:var(--soft);font-size:.8rem;font-weight:400;white-space:normal}
svg{display:block;width:100%;min-width:36rem;height:auto}
.axis line{stroke:var(--line)}
.axis text{fill:var(--soft);font-size:11px}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;margin:.75rem 0 0;padding:0;list-style:none;font-size:.9rem}
.swatch{display:inline-block;width:.8rem;height:.8rem;margin-right:.4rem;border-radius:2px;vertical-align:-1px}
.wide{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:.82rem;font-variant-numeric:tabular-nums}
th,td{padding:.35rem .4rem;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
td,time{white-space:nowrap}
th{font-weight:600}
thead th{color:var(--soft);vertical-align:bottom}
tr>:first-child{padding-left:0;text-align:left}
tbody th{min-width:6rem;font-weight:400}
tbody th small{display:block;min-width:16em;color:var(--soft);overflow-wrap:anywhere}
h3{margin:1rem 0 .25rem;font-size:.9rem}
.definitions{margin:0;font-size:.88rem}
.definitions div{margin:.25rem 0;break-inside:avoid}
.definitions dt,.definitions dd{display:inline;margin:0}
.definitions dt{font-weight:600}
${classes}
@page{size:A4;margin:14mm}
@media print{body{max-width:none;padding:0;font-size:10pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}h2,h3{break-after:avoid}svg,.figures,.legend,tr{break-inside:avoid}.figures{grid-template-columns:repeat(3,1fr)}.wide{overflow:visible}table{font-size:7.5pt}th,td{padding:.25rem .3rem}svg,tbody th small{min-width:0}}
`;
