export declare const openApiPin: {
	date: string;
	repository: string;
	commit: string;
	path: string;
	characters: number;
	beside: string;
	besideSha256: string;
};
export declare const openApiCache: string;
