import { escaped, page } from './layout.mts';
import { pictures } from './pictures.mts';

/** What a screen needs to be sent back by its form. */
export interface Form {
	/** The members that travel along hidden. */
	hidden: Record<string, string>;
	/** Buttons by the step they take, with their labels; the first one leads on. */
	buttons: Record<string, string>;
}

/** One screen of the hosted flow. */
export interface Screen {
	title: string;
	text: string;
	/** A drawing, as HTML. */
	picture: string;
	form?: Form;
	/** Which step it is and out of how many. */
	progress?: [at: number, of: number];
	/** Where a link at the end leads. */
	link?: { href: string; label: string };
}

/** The screen as a page; plain forms, so that it works without scripts. */
export function screenPage({ title, text, picture, form, progress, link }: Screen): string {
	const steps = progress ? stepList(...progress) : '';
	const way = link
		? `<a class="button" href="${escaped(link.href)}">${escaped(link.label)}</a>`
		: '';
	return page(
		title,
		`${steps}
<h1>${escaped(title)}</h1>
<div class="picture" aria-hidden="true">${picture}</div>
<p>${escaped(text)}</p>
${form ? formHtml(form) : ''}${way}`,
	);
}

function stepList(at: number, of: number): string {
	const items = Array.from({ length: of }, (_, index) => {
		const state = index < at - 1 ? ' class="done"' : index === at - 1 ? ' aria-current="step"' : '';
		return `<li${state}>Step ${index + 1} of ${of}</li>`;
	});
	return `<ol class="steps" aria-label="Progress">${items.join('')}</ol>`;
}

function formHtml({ hidden, buttons }: Form): string {
	const inputs = Object.entries(hidden).map(
		([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
	);
	const choices = Object.entries(buttons).map(
		([step, label], index) =>
			`<button type="submit" name="step" value="${escaped(step)}"${index ? ' class="quiet"' : ''}>${escaped(label)}</button>`,
	);
	return `<form method="post" action="/verify">${[...inputs, ...choices].join('\n')}</form>`;
}

const CANCEL = { cancel: 'Cancel' };

/** The first screen, before anything is known of the person. */
export const startScreen = (hidden: Record<string, string>, steps: number): Screen => ({
	title: 'Let us verify your identity',
	text: 'Have your driving licence, passport or ID card ready. It takes about two minutes.',
	picture: pictures.shield,
	progress: [1, steps],
	form: { hidden, buttons: { start: 'Begin verifying', ...CANCEL } },
});

/** The screen for the ID. */
export const idScreen = (hidden: Record<string, string>, steps: number): Screen => ({
	title: 'Show your ID',
	text: 'Hold your ID so that all four corners can be seen.',
	picture: pictures.card,
	progress: [2, steps],
	form: { hidden, buttons: { id: 'Take the photo', ...CANCEL } },
});

/** The screen for the face. */
export const selfieScreen = (hidden: Record<string, string>, steps: number): Screen => ({
	title: 'Take a selfie',
	text: 'Look into the camera, then turn your head a little to the left and to the right.',
	picture: pictures.face,
	progress: [3, steps],
	form: { hidden, buttons: { selfie: 'Take the selfie', ...CANCEL } },
});

/** The last screen when there is no page to go back to. */
export const endScreen = (status: string): Screen => {
	if (status === 'failed' || status === 'declined') {
		return {
			title: 'We could not verify you',
			text: 'Something did not match. The company that sent you here will be in touch.',
			picture: pictures.doubt,
		};
	}
	return {
		title: 'All done, thank you',
		text: 'We have what we need. You can close this page now.',
		picture: pictures.done,
	};
};

/** The person stopped on the way. */
export const cancelledScreen = (href: string): Screen => ({
	title: 'You have stopped',
	text: 'Nothing was lost. You can go on whenever you are ready.',
	picture: pictures.pause,
	link: { href, label: 'Go on' },
});

/** A link that leads nowhere any more. */
export const deadScreen = (why: 'used' | 'expired' | 'unknown'): Screen => {
	const texts = {
		used: ['This link was already used', 'Each link opens once. Please ask for a new one.'],
		expired: ['This link has expired', 'Its time is over. Please ask for a new one.'],
		unknown: ['This link is not valid', 'Please check that you copied the whole link.'],
	};
	const [title, text] = texts[why];
	return { title, text, picture: pictures.link };
};
