export declare const openApiPin: {
	repository: string;
	commit: string;
	path: string;
	sha256: string;
	beside: string;
};
export declare const openApiCache: string;
