/** Escapes text for HTML, attributes included. */
export const escapeHtml = (text: string) =>
	text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f3b; --paper: #fff; --soft: #f1f3fb; --accent: #3346d3; --line: #d5d9ec; }
@media (prefers-color-scheme: dark) {
	:root { --ink: #eef0ff; --paper: #1a1d33; --soft: #11131f; --accent: #93a0ff; --line: #343a5c; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 17px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--soft); }
main { max-width: 27rem; margin: 0 auto; min-height: 100vh; padding: 1.5rem; background: var(--paper); }
main.wide { max-width: 88rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 1rem 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.steps { display: flex; gap: .4rem; padding: 0; margin: 0; list-style: none; }
.steps li { flex: 1; height: .35rem; border-radius: 1rem; background: var(--line); font-size: 0; }
.steps li.done, .steps li[aria-current] { background: var(--accent); }
.picture { display: grid; place-items: center; height: 11rem; margin: 1rem 0; border-radius: 1rem; background: var(--soft); color: var(--accent); }
button, .button { display: block; width: 100%; padding: .9rem; margin: .75rem 0 0; border: 1px solid var(--accent); border-radius: .75rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; color: var(--paper); background: var(--accent); cursor: pointer; }
button.quiet { color: var(--accent); background: none; border-color: transparent; }
button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
footer, .small { font-size: .85rem; opacity: .75; }
table { width: 100%; border-collapse: collapse; } th, td { padding: .4rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
`;

/** A complete page; `content` is HTML. */
export const renderPage = (title: string, content: string, isWide = false) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main${isWide ? ' class="wide"' : ''}>
${content}
<footer><p>This is a sandbox. No one is really verified, and no photo leaves your device.</p></footer>
</main>
</body>
</html>
`;
