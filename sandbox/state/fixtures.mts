/** `government-id` becomes `GovernmentId`. */
const toPascalCase = (kind: string) =>
	kind.replace(/(^|-)(.)/g, (_, __, letter: string) => letter.toUpperCase());

/**
 * IDs of objects that exist from the start, because in Persona they can only be created in the
 * dashboard.
 */
export const fixtures = {
	/** Asks for a government ID and a selfie. */
	inquiryTemplate: 'itmpl_SandboxIdAndSelfie',
	inquiryTemplateVersion: 'itmplv_SandboxIdAndSelfie1',
	/** Asks for a government ID only. */
	idOnlyInquiryTemplate: 'itmpl_SandboxIdOnly',
	legacyTemplate: 'tmpl_SandboxLegacy',
	accountType: 'acttp_SandboxUser',
	/** The ID of a status by its name, such as `actst_SandboxDefault`. */
	getAccountStatus: (name: string) => `actst_Sandbox${name.replace(/\W/g, '')}`,
	/** Matches the pattern that Persona's description prescribes for account actions. */
	accountAction: 'accac_SandboxRefreshDetails1234',
	/** One verification template for each kind, such as `vtmpl_SandboxGovernmentId`. */
	getVerificationTemplate: (kind: string) => `vtmpl_Sandbox${toPascalCase(kind)}`,
	getVerificationTemplateVersion: (kind: string) => `vtmplv_Sandbox${toPascalCase(kind)}1`,
	caseTemplate: 'ctmpl_SandboxReview',
	caseQueue: 'cqueue_SandboxReview',
	transactionType: 'txntp_SandboxPayment',
	/** One list of `device-fingerprint`s and one of `field`s, such as `lst_Sandbox-field`. */
	getDashboardList: (type: string) => `lst_Sandbox-${type}`,
	graphQueryTemplate: 'grphqt_Sandbox',
	themeSet: 'theset_Sandbox',
	/** One report template for each type, such as `rptp_Sandbox-watchlist`. */
	getReportTemplate: (kind: string) => `rptp_Sandbox-${kind}`,
	user: 'user_SandboxReviewer',
	userEmail: 'reviewer@example.com',
	/** The connection through which another organization shares with this one. */
	connection: 'cxn_SandboxPartner',
	partnerOrganization: 'org_SandboxPartner',
	/** Its prefix is ours: Persona publishes none. */
	deployment: 'deployment_Sandbox',
	/** The environment that everything is deployed to. */
	environment: 'env_SandboxProduction',
	workflow: 'wfl_SandboxRefreshDetails',
	workflowVersion: 'wfv_SandboxRefreshDetails1',
};

/** When the fixtures were created. */
export const SEEDED_AT = '2024-01-02T03:04:05.000Z';
