import type { Steps } from './progress.mjs';

export function isInstalled(): boolean;
export function ready(steps: Steps, signal?: AbortSignal): Promise<void>;
