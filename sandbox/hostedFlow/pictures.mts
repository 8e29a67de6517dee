const drawSvg = (lines: string) =>
	`<svg viewBox="0 0 48 48" width="96" height="96" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${lines}</svg>`;

const face = '<circle cx="24" cy="18" r="8"/><path d="M8 42c2-10 9-13 16-13s14 3 16 13"/>';

/** Drawings as SVG, since not every machine has emoji fonts. */
export const pictures = {
	shield: drawSvg(
		'<path d="M24 5l15 5v12c0 11-7 18-15 21-8-3-15-10-15-21V10z"/><path d="M17 24l5 5 9-10"/>',
	),
	card: drawSvg(
		'<rect x="4" y="10" width="40" height="28" rx="4"/><circle cx="15" cy="21" r="4"/><path d="M9 32c1-4 3-5 6-5s5 1 6 5M28 19h10M28 25h10M28 31h6"/>',
	),
	face: drawSvg(face),
	done: drawSvg('<circle cx="24" cy="24" r="18"/><path d="M15 25l6 6 12-14"/>'),
	doubt: drawSvg('<circle cx="24" cy="24" r="18"/><path d="M24 14v13M24 33v1"/>'),
	pause: drawSvg('<circle cx="24" cy="24" r="18"/><path d="M20 17v14M28 17v14"/>'),
	link: drawSvg(
		'<path d="M20 28l8-8M18 22l-5 5a6 6 0 0 0 8 8l5-5M30 26l5-5a6 6 0 0 0-8-8l-5 5"/><path d="M8 12l4 4"/>',
	),
};
