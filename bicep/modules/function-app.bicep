metadata description = 'The function app on Flex Consumption, with all of its settings.'

@description('Name of the function app; 32 characters at most, so that its host id stays its own.')
@maxLength(32)
param name string

@description('Name of the plan.')
param planName string

@description('Region of both.')
param location string

@description('Tags of both.')
param tags object

@description('Always-ready instances of each send function.')
@minValue(0)
@maxValue(20)
param alwaysReadySendInstances int

@description('Memory of an instance in MB.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int

@description('Most instances of each function beyond the always-ready ones.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int

@description('Whether the plan spreads over zones.')
param zoneRedundant bool

@description('Resource id of the identity of the app.')
param identityId string

@description('Client id of the identity of the app.')
param identityClientId string

@description('Name of the storage account of the host: packages, locks, durable state.')
param hostStorageName string

@description('Address of the container that packages are deployed to.')
param packageContainerUrl string

@description('Host name of the Service Bus namespace.')
param serviceBusHost string

@description('Address of the tables.')
param tableEndpoint string

@description('Address of the communication resource.')
param communicationEndpoint string

@description('Address of the secret that holds the keys for hashes of addresses.')
param addressHashKeySecretUri string

@description('Connection string of Application Insights; no secret, because it takes identities only.')
param telemetryConnectionString string

@description('The settings of the app itself, by name; see shared/config.ts.')
param appSettings object

var connections = {
  AzureWebJobsStorage__accountName: hostStorageName
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  ServiceBus__fullyQualifiedNamespace: serviceBusHost
  ServiceBus__credential: 'managedidentity'
  ServiceBus__clientId: identityClientId
  Tables__serviceUri: tableEndpoint
  Tables__clientId: identityClientId
  CommunicationServices__endpoint: communicationEndpoint
  CommunicationServices__clientId: identityClientId
  ADDRESS_HASH_KEYS: '@Microsoft.KeyVault(SecretUri=${addressHashKeySecretUri})'
  APPLICATIONINSIGHTS_CONNECTION_STRING: telemetryConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  // The exporter would tell Microsoft how it is used, and measure itself among our metrics.
  APPLICATION_INSIGHTS_NO_STATSBEAT: '1'
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  // azd finds what to deploy to by this tag.
  tags: union(tags, { 'azd-service-name': 'notifications' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identityId
    siteConfig: {
      minTlsVersion: '1.2'
      http20Enabled: true
      ftpsState: 'Disabled'
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        // Azure takes any version here and the app dies at its start: this one is built and tested for.
        name: 'node'
        version: '24'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadySendInstances == 0
          ? []
          : [
              { name: 'function:send-sms', instanceCount: alwaysReadySendInstances }
              { name: 'function:send-email', instanceCount: alwaysReadySendInstances }
            ]
      }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union(appSettings, connections)
}

resource publishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = [
  for policy in ['ftp', 'scm']: {
    parent: app
    name: policy
    properties: {
      allow: false
    }
  }
]

output id string = app.id
output name string = app.name
output appSettings object = appSettings
