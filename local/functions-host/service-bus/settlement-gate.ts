type Settlement = () => Promise<void>;

export interface SettlementGate {
  complete(settle: Settlement): Promise<void>;
  abandon(settle: Settlement): Promise<void>;
}

interface Waiting {
  kind: 'complete' | 'abandon';
  start(): void;
}

/**
 * Lets settlements of one receiver through in turns of the event loop: all waiting completes, or one abandon.
 * rhea merges neighbouring dispositions of one turn into a single frame with the first one's outcome, which would complete what was abandoned.
 */
export function createSettlementGate(nextTurn: (run: () => void) => void = setImmediate): SettlementGate {
  let waiting: Waiting[] = [];
  let scheduled = false;

  const turn = (): void => {
    scheduled = false;
    const [first] = waiting;
    if (!first) return;
    const leaving = first.kind === 'abandon' ? [first] : waiting.filter(({ kind }) => kind === 'complete');
    waiting = waiting.filter((one) => !leaving.includes(one));
    for (const one of leaving) one.start();
    schedule();
  };
  const schedule = (): void => {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    nextTurn(turn);
  };
  const enter = (kind: Waiting['kind'], settle: Settlement): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ kind, start: () => void settle().then(resolve, reject) });
      schedule();
    });

  return { complete: (settle) => enter('complete', settle), abandon: (settle) => enter('abandon', settle) };
}
