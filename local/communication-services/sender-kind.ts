export type SmsSenderKind = 'tollFree' | 'shortCode' | 'longCode' | 'alphanumeric';

/** Toll-free area codes of the North American Numbering Plan: 800, 833, 844, 855, 866, 877, 888. */
const tollFree = /^\+18(?:00|33|44|55|66|77|88)\d{7}$/;

/** `longCode`: any other number, such as a 10DLC. */
export function smsSenderKind(from: string): SmsSenderKind {
  if (tollFree.test(from)) return 'tollFree';
  if (from.startsWith('+')) return 'longCode';
  return /^\d{5,6}$/.test(from) ? 'shortCode' : 'alphanumeric';
}

/** Domains that the provider lends, such as `….azurecomm.net`. */
export const isAzureManagedDomain = (domain: string): boolean => domain.toLowerCase().endsWith('.azurecomm.net');
