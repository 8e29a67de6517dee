import { changesData } from '../../nodes/Persona/transport/apiRequest.ts';
import { describeWithOpenApi, loadOpenApi } from './loadOpenApi.mts';

describeWithOpenApi('requests that only read', () => {
	it('are, of all POST requests, those that Persona describes as a search', () => {
		const posts = Object.entries(loadOpenApi().paths).filter(([, { post }]) => post);
		const reads = posts.filter(([path]) => !changesData({ method: 'POST', path }));
		const searches = posts.filter(([, { post }]) => /^Search\b/.test(String(post?.summary)));
		expect(reads).toEqual(searches);
		expect(reads.length).toBeGreaterThan(2);
	});
});
