import { escapeHtml, renderPage } from '../http/html.mts';
import { pictures } from './pictures.mts';

/** The form of a screen. */
export interface ScreenForm {
	/** Values of the hidden inputs. */
	hidden: Record<string, string>;
	/** Labels by the step that the button performs; the first button is the main one. */
	buttons: Record<string, string>;
}

/** One screen of the hosted flow. */
export interface Screen {
	title: string;
	text: string;
	/** A drawing, as HTML. */
	picture: string;
	form?: ScreenForm;
	progress?: { step: number; stepCount: number };
	/** For those who try the sandbox out, below everything else. */
	remark?: string;
	/** A link below the text. */
	link?: { href: string; label: string };
}

/**
 * Keeps the token of a session in the browser's tab, as Persona does, so that a person who goes back to the
 * page of a one-time link can begin again there.
 */
const SESSION_SCRIPT = `<script>
const token = new URLSearchParams(location.search).get('session-token');
if (token) sessionStorage.setItem('session-token', token);
addEventListener('formdata', ({ formData }) => {
	const kept = sessionStorage.getItem('session-token');
	if (kept && formData.has('code')) formData.set('session-token', kept);
});
</script>`;

/** The screen as a page. Plain forms make it work without scripts, except after going back. */
export function renderScreen(screen: Screen): string {
	const { title, text, picture, form, progress, link, remark } = screen;
	const steps = progress ? renderSteps(progress.step, progress.stepCount) : '';
	const linkHtml = link
		? `<a class="button" href="${escapeHtml(link.href)}">${escapeHtml(link.label)}</a>`
		: '';
	const remarkHtml = remark ? `<p class="small">${escapeHtml(remark)}</p>` : '';
	return renderPage(
		title,
		`${steps}
<h1>${escapeHtml(title)}</h1>
<div class="picture" aria-hidden="true">${picture}</div>
<p>${escapeHtml(text)}</p>
${form ? renderForm(form) : ''}${linkHtml}${remarkHtml}${SESSION_SCRIPT}`,
	);
}

function renderSteps(step: number, stepCount: number): string {
	const items = Array.from({ length: stepCount }, (_, index) => {
		const isCurrent = index === step - 1;
		const attribute = index < step - 1 ? ' class="done"' : isCurrent ? ' aria-current="step"' : '';
		return `<li${attribute}>Step ${index + 1} of ${stepCount}</li>`;
	});
	return `<ol class="steps" aria-label="Progress">${items.join('')}</ol>`;
}

function renderForm({ hidden, buttons }: ScreenForm): string {
	const inputs = Object.entries(hidden).map(
		([name, value]) =>
			`<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
	);
	const choices = Object.entries(buttons).map(
		([step, label], index) =>
			`<button type="submit" name="step" value="${escapeHtml(step)}"${index ? ' class="quiet"' : ''}>${escapeHtml(label)}</button>`,
	);
	return `<form method="post" action="/verify">${[...inputs, ...choices].join('\n')}</form>`;
}

const CANCEL_BUTTON = { cancel: 'Cancel' };

/** The first screen. */
export const createStartScreen = (hidden: Record<string, string>, stepCount: number): Screen => ({
	title: 'Let us verify your identity',
	text: "Have your driver's license, passport or ID card ready. It takes about two minutes.",
	picture: pictures.shield,
	progress: { step: 1, stepCount },
	form: { hidden, buttons: { start: 'Begin verifying', ...CANCEL_BUTTON } },
});

/** Asks for the ID. */
export const createIdScreen = (hidden: Record<string, string>, stepCount: number): Screen => ({
	title: 'Show your ID',
	text: 'Hold your ID so that all four corners can be seen.',
	picture: pictures.card,
	progress: { step: 2, stepCount },
	form: { hidden, buttons: { id: 'Take the photo', ...CANCEL_BUTTON } },
});

/** Asks for a selfie. */
export const createSelfieScreen = (hidden: Record<string, string>, stepCount: number): Screen => ({
	title: 'Take a selfie',
	text: 'Look into the camera, then turn your head a little to the left and to the right.',
	picture: pictures.face,
	progress: { step: 3, stepCount },
	form: { hidden, buttons: { selfie: 'Take the selfie', ...CANCEL_BUTTON } },
});

/** The last screen of an inquiry without a redirect URI. */
export const createEndScreen = (status: string): Screen => {
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

/** Shown after Cancel; `href` continues the inquiry. */
export const createCancelledScreen = (href: string): Screen => ({
	title: 'You have stopped',
	text: 'Nothing was lost. You can continue whenever you are ready.',
	picture: pictures.pause,
	link: { href, label: 'Continue' },
});

/** Someone who plays both the person and the company has nobody to ask. */
const REMARK = 'Trying this out? On the page of npm start, press New link at the inquiry.';

/** Why a link opens no inquiry. */
export type LinkProblem = 'used' | 'expired' | 'unknown';

/** Shown for a link that opens no inquiry. */
export const createInvalidLinkScreen = (problem: LinkProblem): Screen => {
	const texts: Record<LinkProblem, [title: string, text: string]> = {
		used: [
			'This link was already used',
			'Each link opens once. If you have not finished, ask the company that sent you here for a new one.',
		],
		expired: ['This link has expired', 'Ask the company that sent you here for a new one.'],
		unknown: [
			'This link is not valid',
			'Check that you copied the whole link. If it still does not open, ask the company that sent you here for a new one.',
		],
	};
	const [title, text] = texts[problem];
	return { title, text, picture: pictures.link, remark: REMARK };
};
