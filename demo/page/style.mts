/** Readable on a phone, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f3b; --paper: #fff; --soft: #f1f3fb; --accent: #3346d3; --line: #d5d9ec; --good: #17713c; --bad: #a3261b; }
@media (prefers-color-scheme: dark) {
	:root { --ink: #eef0ff; --paper: #1a1d33; --soft: #11131f; --accent: #93a0ff; --line: #343a5c; --good: #7fd8a2; --bad: #ff9a8f; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--soft); }
header, main { max-width: 88rem; margin: 0 auto; padding: 1rem; }
main { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); padding-top: 0; }
@media (min-width: 60rem) {
	main { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); align-items: start; }
	main.single { grid-template-columns: minmax(0, 1fr); }
	/* What arrives stays in view beside the button that was pressed. */
	main > div:last-child { position: sticky; top: 1rem; max-height: calc(100vh - 2rem); overflow-y: auto; }
}
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 0 0 .5rem; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; } h4 { font-size: 1rem; margin: 0; } p { margin: .25rem 0; }
a { color: var(--accent); }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-top: .5rem; }
section, article { padding: .75rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--paper); margin-bottom: .75rem; }
article { margin: .5rem 0; }
ol { list-style: none; margin: 0; padding: 0; } li { padding: .5rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
time, small, .quiet { opacity: .75; font-size: .875rem; } h4 small { font-weight: 400; } h4 .published { color: var(--good); opacity: 1; font-weight: 600; } h4 .failed { color: var(--bad); opacity: 1; font-weight: 600; }
.text, pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .25rem 0; }
pre { padding: .5rem; background: var(--soft); font-size: .875rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0; }
form { margin: .4rem 0; } .buttons select { width: auto; }
button, .button a { display: inline-block; padding: .4rem .8rem; border: 1px solid var(--accent); border-radius: .4rem; font: inherit; text-decoration: none; color: var(--accent); background: none; cursor: pointer; }
button:hover, .button a:hover { background: var(--soft); }
button.primary, button.primary:hover { color: var(--paper); background: var(--accent); }
button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
input, select, textarea { width: 100%; max-width: 100%; padding: .35rem; border: 1px solid var(--line); border-radius: .3rem; font: inherit; color: inherit; background: var(--paper); }
textarea { font: .85rem/1.4 ui-monospace, monospace; resize: vertical; } label { display: block; margin: .25rem 0; }
iframe { width: 100%; height: 11rem; resize: vertical; border: 1px solid var(--line); background: #fff; }
ul { margin: .25rem 0; padding-left: 1.2rem; } ul li { padding: .1rem 0; border: 0; }
dl { margin: .25rem 0; } dl div { display: flex; flex-wrap: wrap; gap: 0 .5rem; } dt { opacity: .75; } dd { margin: 0; overflow-wrap: anywhere; }
`;

/** Replaces what has changed, every two seconds. What is being filled in stays. */
export const SCRIPT = `
const sources = new Map();
for (const part of document.querySelectorAll('[data-live]')) sources.set(part.id, part.outerHTML);
setInterval(async () => {
	let text;
	try {
		text = await (await fetch(location.pathname)).text();
	} catch {
		document.title = 'Stopped: ' + document.title.replace('Stopped: ', '');
		return;
	}
	const next = new DOMParser().parseFromString(text, 'text/html');
	document.title = next.title;
	for (const part of next.querySelectorAll('[data-live]')) {
		const current = document.getElementById(part.id);
		if (!current || sources.get(part.id) === part.outerHTML) continue;
		if (current.contains(document.activeElement) && document.activeElement.matches('input, textarea, select')) continue;
		sources.set(part.id, part.outerHTML);
		current.replaceWith(part);
	}
}, 2000);
`;
