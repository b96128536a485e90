/**
 * Actions that can still be taken back: the page shows the result at once, the request leaves after a few seconds.
 * An approval buys a label and mails the customer, so the only honest undo is one before it leaves.
 */
export interface Deferred {
  /** Runs now, once. */
  flush(): void;
  /** Drops it; false when it has already run. */
  undo(): boolean;
}

const waiting = new Set<Deferred>();

export function defer(run: () => void, delay: number): Deferred {
  const timer = setTimeout(() => entry.flush(), delay);
  const entry: Deferred = {
    flush() {
      clearTimeout(timer);
      if (waiting.delete(entry)) run();
    },
    undo() {
      clearTimeout(timer);
      return waiting.delete(entry);
    },
  };
  waiting.add(entry);
  return entry;
}

/** Leaving the page is no undo: whatever waits is sent. */
export function flushDeferred(): void {
  for (const entry of [...waiting]) entry.flush();
}
