import { otherSlackUser, slackUser } from '../../tools/services/slackButtons.mts';
import { html, renderLink, renderText, type Html } from './html.mts';

const CHARACTERS: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

const unescape = (text: string) => text.replace(/&(?:amp|lt|gt);/g, (name) => CHARACTERS[name]);

/** Text as Slack shows it: links as `<address|label>`, people as `<@ID>`, bold as `*text*`, code as `` `text` ``. */
export function renderSlackText(text: string): Html {
	const parts = text.split(/(<https?:[^>]+>|<@\w+>|`[^`\n]+`|\*[^*\n]+\*)/);
	return html`${parts.map((part, index) => {
		if (index % 2 === 0) return renderText(unescape(part));
		const inner = part.slice(1, -1);
		if (part.startsWith('<@')) {
			const user = [slackUser, otherSlackUser].find(({ id }) => `@${id}` === inner);
			return html`<b>@${user?.name ?? inner.slice(1)}</b>`;
		}
		if (part.startsWith('<')) {
			const [url, label = url] = inner.split('|');
			return renderLink(unescape(url), unescape(label));
		}
		return part.startsWith('*')
			? html`<b>${unescape(inner)}</b>`
			: html`<code>${unescape(inner)}</code>`;
	})}`;
}
