/**
 * One after the other per recipient: two attempts that fail at the same time must both count in its
 * breaker. Recipients do not wait for each other.
 *
 * @module
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `work` after what was handed in before under the same name has ended, well or not. */
  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const result = (this.#last.get(name) ?? Promise.resolve()).then(work);
    const ended = result.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(name, ended);
    ended.then(() => {
      if (this.#last.get(name) === ended) this.#last.delete(name);
    });
    return result;
  }
}
