/** A fault of the app or its settings that starting again cannot cure; its message tells the developer what to do. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
