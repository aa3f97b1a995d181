/** `stop`: it would fail, or should not be. `look`: it works, and somebody should know. */
export type Finding = { level: 'ok' | 'look' | 'stop'; what: string };

export const ok = (what: string): Finding => ({ level: 'ok', what });
export const look = (what: string): Finding => ({ level: 'look', what });
export const stop = (what: string): Finding => ({ level: 'stop', what });
