import { getBaseType } from './jsonApi';

const REPORT = 'hasMatch status id type accountId completedAt';

/** Of a report that Persona may run again and again. */
const MONITORED = 'hasMatch status isContinuous id type accountId inquiryId completedAt';

const VERIFICATION = `status id type checks.name checks.status checks.reasons checks.requirement
	inquiryId accountIds createdAt completedAt`;

const DOCUMENT = 'status id type inquiryId documentFileIds createdAt processedAt';

/** What an organization has defined and may archive. */
const NAMED = 'name status id type createdAt updatedAt';

/** What was decided on a monitored report, in its history. */
const HISTORY = 'id type createdAt';

/**
 * The fields of the simplified output, by JSON:API type, in their order: at most ten, as n8n asks, and
 * what a person looks for first comes first. What stands up to `type` tells how the object stands and
 * which it is. Names are those of the flat output; a dot leads into an object. Personal data is in none
 * of them, nor is what customers fill with it, such as `fields` and notes. A type such as
 * `report/watchlist` without an entry has that of `report`, and a type without any has all its fields.
 */
const FIELDS: Record<string, string> = {
	account: `referenceId accountStatus id type accountTypeName accountTypeId tags createdAt
		updatedAt`,
	'account-type': `name id type fieldSchemas accountStatusIds defaultAccountStatusId createdAt
		updatedAt`,
	'api-key': 'value name expiresAt id type permissions apiVersion lastUsedAt createdAt',
	'api-log': 'request.method request.path response.status id type apiKeyId createdAt',
	'batch-job': `status runData.rowCount runData.createdCount runData.updatedCount
		runData.errorCount id type runCount createdAt startedAt endedAt`,
	'batch-job-row-error': 'rowNumber errorMessage id type',
	case: `status resolution id type caseTemplateId assigneeId tags accountIds inquiryIds
		createdAt`,
	'case-comment': 'id type commenterId commenterType createdAt updatedAt',
	'case-queue': NAMED,
	'case-template': 'name id type status resolutions fieldSchemas createdAt updatedAt',
	'connect/connection': `status id type sourceOrganizationId destinationOrganizationId creatorId
		createdAt updatedAt`,
	'connect/share-token': `status failureReason id type connectionId sourceId destinationId
		redeemMode expiresAt redeemedAt`,
	deployment: 'routes id type createdAt',
	device: 'id type',
	dismiss: HISTORY,
	document: DOCUMENT,
	'document/generic': `${DOCUMENT} kind documentType`,
	'document/government-id': `${DOCUMENT} idClass`,
	'document-file': 'id type captureMethod',
	event: 'name id type createdAt',
	'graph-query': `status id type accountIds explorerUrl nodeLimitReached createdAt completedAt
		erroredAt`,
	importer: `status successfulCount duplicateCount errorCount id type createdAt completedAt`,
	inquiry: `status id type referenceId accountId inquiryTemplateId tags createdAt completedAt
		decisionedAt`,
	'inquiry-session': `status id type inquiryId threatLevel isTor isVpn isProxy createdAt
		expiredAt`,
	'inquiry-template': 'name id type status latestPublishedVersionId hostedFlowSubdomains',
	'inquiry-template-translations': 'translations id type',
	'inquiry-template-version': `nameDisplay id type status live versionTag description
		inquiryTemplateId enabledLocales publishedAt`,
	list: NAMED,
	'list-item': 'status id type matchCount creatorId createdAt',
	network: 'threatLevel proxyType serviceType id type createdAt',
	pause: HISTORY,
	'rate-limit': 'remaining limit secondsToReset type',
	report: `${MONITORED} tags createdAt`,
	'report/business-lookup': `${REPORT} matchStatusStrength matchStatusBusinessName
		matchStatusAddress matchStatusEin`,
	'report/email-address': `${REPORT} inquiryId emailReputation emailIsSuspicious
		emailIsDisposable`,
	'report/phone-number': `${REPORT} inquiryId phoneRiskLevel phoneRiskScore
		phoneRiskRecommendation`,
	'report/screening': `${MONITORED} matchedScreeningTypes tags`,
	'report-template': 'name id type createdAt updatedAt',
	resume: HISTORY,
	review: HISTORY,
	run: 'matches runType id type scheduledDate completedAt',
	'scheduled-run': 'status id type scheduledAt startedAt finishedAt erroredAt canceledAt',
	selfie: 'status id type inquiryId createdAt processedAt',
	template: 'name id type',
	'theme-set': NAMED,
	transaction: `status referenceId transactionLabelId id type transactionTypeId relatedObjectIds
		reviewerId tags createdAt`,
	'transaction-label': 'modelLabel id type createdAt updatedAt',
	'transaction-type': 'name id type fieldSchemas createdAt updatedAt',
	user: 'id type',
	'user-audit-log': 'method path responseStatus userId id type createdAt',
	verification: `${VERIFICATION} tags submittedAt`,
	'verification/government-id': `${VERIFICATION} idClass documentId`,
	webhook: 'secret secrets name status id type url enabledEvents createdAt',
	'webhook-event': `status eventName id type eventId webhookId resultCode attemptsMade
		lastAttemptedAt createdAt`,
	workflow: 'name id type status latestPublishedVersionId createdAt',
	'workflow-run': `status id type workflowId workflowVersionId creatorId createdAt completedAt`,
	'workflow-version': `workflowName id type live triggerType description inputs outputs workflowId
		publishedAt`,
};

/** The fields of the simplified output by JSON:API type, or by what its subtypes have in common. */
export const SIMPLIFIED_FIELDS = new Map(
	Object.entries(FIELDS).map(([type, names]) => [type, names.split(/\s+/)]),
);

/** The fields of the simplified output of a type; undefined if it has all its fields. */
export const findSimplifiedFields = (type: string): string[] | undefined =>
	SIMPLIFIED_FIELDS.get(type) ?? SIMPLIFIED_FIELDS.get(getBaseType(type));

/** What a model gets of an object that it has changed: how the object stands, and which it is. */
export function findBriefFields(type: string): string[] | undefined {
	const names = findSimplifiedFields(type);
	return names?.slice(0, names.indexOf('type') + 1);
}
