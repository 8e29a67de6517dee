import type { Steps } from './steps.mjs';

export function isInstalled(): boolean;
export function ready(steps: Steps, signal?: AbortSignal): Promise<void>;
