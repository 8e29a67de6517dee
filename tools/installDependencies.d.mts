import type { Progress } from './progress.mjs';

export function isInstalled(): boolean;
export function installDependencies(progress: Progress, signal?: AbortSignal): Promise<void>;
