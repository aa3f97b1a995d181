/** The addresses that a durable client is given. */
export interface ClientAddresses {
  hubName: string;
  /** `http://…/runtime/webhooks/durabletask`, which asks for the key. */
  webhook: string;
  /** `http://…/durabletask/`, which the SDK itself uses, without a key. */
  rpc: string;
  key: string;
}

const idPlaceholder = 'INSTANCEID';

/** Addresses of one instance. Source: DE `HttpApiHandler.cs` GetClientResponseLinks. */
export function managementUrls({ hubName, webhook, key }: ClientAddresses, id: string): Record<string, string> {
  const instance = `${webhook}/instances/${id === idPlaceholder ? id : encodeURIComponent(id)}`;
  const query = `taskHub=${hubName}&connection=Storage&code=${encodeURIComponent(key)}`;
  return {
    id,
    statusQueryGetUri: `${instance}?${query}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
    rewindPostUri: `${instance}/rewind?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${instance}?${query}`,
    restartPostUri: `${instance}/restart?${query}`,
    suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
    resumePostUri: `${instance}/resume?reason={text}&${query}`,
  };
}

/** What a `durableClient` input binding holds. Source: DE `Bindings/BindingHelper.cs`; placeholders are literal text. */
export function clientBinding(addresses: ClientAddresses): object {
  const { hubName, webhook, rpc, key } = addresses;
  const code = `code=${encodeURIComponent(key)}`;
  const create = `${webhook}/orchestrators/{functionName}[/{instanceId}]`;
  return {
    taskHubName: hubName,
    creationUrls: {
      createNewInstancePostUri: `${create}?${code}`,
      createAndWaitOnNewInstancePostUri: `${create}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&${code}`,
    },
    managementUrls: managementUrls(addresses, idPlaceholder),
    baseUrl: webhook,
    requiredQueryStringParameters: code,
    rpcBaseUrl: rpc,
  };
}
