import { listWorkflows, readNodes } from './evaluateParameter.mts';
import { NODE_VERSIONS } from './nodeVersions.mts';

it.each(listWorkflows())('%s uses no newer version of a node than it needs', (name) => {
	const others = readNodes(name).filter(
		({ type, typeVersion }) =>
			!type.startsWith('n8n-nodes-persona.') && NODE_VERSIONS[type] !== typeVersion,
	);
	expect(others.map(({ name: own, typeVersion }) => [own, typeVersion])).toEqual([]);
});
