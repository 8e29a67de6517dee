import type {
	ICredentialDataDecryptedObject,
	IHttpRequestOptions,
	INodeProperties,
} from 'n8n-workflow';
import { ICredentialsHelper } from 'n8n-workflow';
import { PersonaApi } from '../../credentials/PersonaApi.credentials.ts';

/** The default credential of the tests. */
export const CREDENTIAL = {
	apiKey: 'persona_sandbox_00000000-0000-0000-0000-000000000000',
	apiVersion: '2025-12-08',
	webhookSecret: '',
	baseUrl: 'http://127.0.0.1:9/api/v1',
};

const rejectUnused = async (): Promise<never> => {
	throw new Error('The node stores and renews no credentials');
};

/** Provides n8n's engine with one credential, which the credential type itself applies to requests. */
export class PersonaCredentialsHelper extends ICredentialsHelper {
	private readonly type = new PersonaApi();

	constructor(private readonly data: ICredentialDataDecryptedObject) {
		super();
	}

	getParentTypes(): string[] {
		return [];
	}

	isCredentialUsableByNode() {
		return true;
	}

	getCredentialsProperties(): INodeProperties[] {
		return this.type.properties;
	}

	async getDecrypted() {
		return { ...CREDENTIAL, ...this.data };
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		_type: string,
		request: IHttpRequestOptions,
	) {
		const { authenticate } = this.type;
		if (typeof authenticate !== 'function') throw new Error('The credential must be a function');
		return await authenticate(credentials, request);
	}

	async preAuthentication() {
		return undefined;
	}

	async runPreAuthentication() {
		return undefined;
	}

	getCredentials = rejectUnused;

	updateCredentials = rejectUnused;

	updateCredentialsOauthTokenData = rejectUnused;
}
