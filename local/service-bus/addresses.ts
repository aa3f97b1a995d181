/** `sb://host:port/orders/$management` → `orders`: the entity that a token or a link is for. */
export function entityAddress(resource: string): string {
  return withoutManagement(decodeURIComponent(resource.replace(/^[a-z]+:\/\/[^/]*\//i, ''))).replace(/^\/|\/$/g, '');
}

const management = /\/\$management$/i;

export function isManagement(address: string): boolean {
  return management.test(address);
}

/** What two spellings of one entity have in common. */
export function entityKey(address: string): string {
  return withoutManagement(address).toLowerCase();
}

export function withoutManagement(address: string): string {
  return address.replace(management, '');
}
