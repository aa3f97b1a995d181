metadata description = 'Every right there is, on one page. Scope is the entity that is used; what is wider stands in bicep/exceptions.json.'

@description('Principal id of the identity of the app.')
param appPrincipalId string

@description('Principal id of the Event Grid system topic.')
param reportTopicPrincipalId string

@description('Principal ids of the systems that publish events.')
param publisherPrincipalIds string[]

@description('Object id of the group of support staff; empty for none.')
param supportGroupId string

@description('Object id of the group of operators, who work with `npm run notify`; empty for none.')
param operatorGroupId string

@description('Object id of whoever deploys; empty for none. These are rights to data: what deploying itself needs is given by hand.')
param deployerPrincipalId string

@description('What the deployer is.')
@allowed([
  'User'
  'Group'
  'ServicePrincipal'
])
param deployerPrincipalType string

@description('Id of the role that may send through the communication resource.')
param sendRoleId string

@description('Storage account of the host.')
param hostStorageName string

@description('Storage account of the data.')
param dataStorageName string

@description('Tables that the app reads and writes.')
param tableNames string[]

@description('Tables that support staff read.')
param supportTableNames string[]

@description('Service Bus namespace.')
param serviceBusName string

@description('Topics that events come in by.')
param topicNames string[]

@description('The app’s subscription of each topic.')
param subscriptionName string

@description('Queues that deliveries wait in.')
param sendQueueNames string[]

@description('Queue of parked events.')
param retriedEventsName string

@description('Communication resource.')
param communicationName string

@description('Application Insights component.')
param componentName string

@description('Key vault.')
param vaultName string

var roles = loadJsonContent('../roles.json')

var smokeTestTableNames = ['Subjects', 'Deliveries']

var publications = flatten(map(
  publisherPrincipalIds,
  id => map(range(0, length(topicNames)), index => { principalId: id, topic: index })
))

// ---- what rights are on ----------------------------------------------------------------------------------------------

resource hostStorage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostStorageName
}

resource dataStorage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: dataStorageName
}

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' existing = {
  parent: dataStorage
  name: 'default'
}

resource tables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' existing = [
  for tableName in tableNames: {
    parent: tableService
    name: tableName
  }
]

resource supportTables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' existing = [
  for tableName in supportTableNames: {
    parent: tableService
    name: tableName
  }
]

resource switches 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' existing = {
  parent: tableService
  name: 'SenderCalendars'
}

resource smokeTestTables 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' existing = [
  for tableName in smokeTestTableNames: {
    parent: tableService
    name: tableName
  }
]

resource serviceBus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: serviceBusName
}

resource topics 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' existing = [
  for topicName in topicNames: {
    parent: serviceBus
    name: topicName
  }
]

resource subscriptions 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' existing = [
  for (topicName, index) in topicNames: {
    parent: topics[index]
    name: subscriptionName
  }
]

resource sendQueues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' existing = [
  for queueName in sendQueueNames: {
    parent: serviceBus
    name: queueName
  }
]

resource retriedEvents 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' existing = {
  parent: serviceBus
  name: retriedEventsName
}

resource communication 'Microsoft.Communication/communicationServices@2025-09-01' existing = {
  name: communicationName
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

// ---- the app ---------------------------------------------------------------------------------------------------------

resource appHostBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hostStorage.id, appPrincipalId, roles.blobDataOwner)
  scope: hostStorage
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataOwner)
    description: 'The host keeps its packages, its locks and large messages of orchestrations in containers that it makes itself.'
  }
}

resource appHostQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hostStorage.id, appPrincipalId, roles.queueDataContributor)
  scope: hostStorage
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.queueDataContributor)
    description: 'Orchestrations that wait for reminders are woken through queues that the durable extension makes itself.'
  }
}

resource appHostTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hostStorage.id, appPrincipalId, roles.tableDataContributor)
  scope: hostStorage
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.tableDataContributor)
    description: 'The durable extension keeps the history of orchestrations, and the host its diagnostic events, in tables that they make themselves.'
  }
}

resource appTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (tableName, index) in tableNames: {
    name: guid(tables[index].id, appPrincipalId, roles.tableDataContributor)
    scope: tables[index]
    properties: {
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.tableDataContributor)
      description: 'The app keeps its state in ${tableName}.'
    }
  }
]

resource appSubscriptions 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (topicName, index) in topicNames: {
    name: guid(subscriptions[index].id, appPrincipalId, roles.serviceBusDataReceiver)
    scope: subscriptions[index]
    properties: {
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataReceiver)
      description: 'The app takes events, and dead letters, from its subscription of ${topicName}; a right on the topic would not reach it.'
    }
  }
]

resource appSendQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queueName, index) in sendQueueNames: {
    name: guid(sendQueues[index].id, appPrincipalId, roles.serviceBusDataOwner)
    scope: sendQueues[index]
    properties: {
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataOwner)
      description: 'The app schedules and takes copies. Only the owner may be told how many messages are due: without it, copies that are scheduled for later hide those from the scaler.'
    }
  }
]

resource appTakesRetriedEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(retriedEvents.id, appPrincipalId, roles.serviceBusDataReceiver)
  scope: retriedEvents
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataReceiver)
    description: 'The app takes events again that it has parked.'
  }
}

resource appParksEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(retriedEvents.id, appPrincipalId, roles.serviceBusDataSender)
  scope: retriedEvents
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
    description: 'The app parks events while its tables are away.'
  }
}

resource appSends 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(communication.id, appPrincipalId, sendRoleId)
  scope: communication
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', sendRoleId)
    description: 'The app sends SMS and mail.'
  }
}

resource appTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(component.id, appPrincipalId, roles.metricsPublisher)
  scope: component
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.metricsPublisher)
    description: 'The app writes its logs and telemetry without a key.'
  }
}

resource appSecret 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, appPrincipalId, roles.keyVaultSecretsUser)
  scope: vault
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
    description: 'The app reads the key for hashes of addresses; the vault holds nothing else.'
  }
}

// ---- Event Grid ------------------------------------------------------------------------------------------------------

resource undeliveredReports 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(dataStorage.id, reportTopicPrincipalId, roles.blobDataContributor)
  scope: dataStorage
  properties: {
    principalId: reportTopicPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataContributor)
    description: 'Event Grid keeps reports there that it could not deliver; it asks for the right on the whole account, whose only blobs these are.'
  }
}

// ---- publishers, support staff, operators, whoever deploys ----------------------------------------------------------------------------

resource publishersSend 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for publication in publications: {
    name: guid(topics[publication.topic].id, publication.principalId, roles.serviceBusDataSender)
    scope: topics[publication.topic]
    properties: {
      principalId: publication.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
      description: 'Publishes events; may read nothing.'
    }
  }
]

resource supportReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (tableName, index) in (empty(supportGroupId) ? [] : supportTableNames): {
    name: guid(supportTables[index].id, supportGroupId, roles.tableDataReader)
    scope: supportTables[index]
    properties: {
      principalId: supportGroupId
      principalType: 'Group'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.tableDataReader)
      description: 'Support staff read what did not arrive, and why, in ${tableName}; recipients are masked there.'
    }
  }
]

resource operatorTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (tableName, index) in (empty(operatorGroupId) ? [] : tableNames): {
    name: guid(tables[index].id, operatorGroupId, roles.tableDataContributor)
    scope: tables[index]
    properties: {
      principalId: operatorGroupId
      principalType: 'Group'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.tableDataContributor)
      description: 'Commands of `npm run notify` read and write ${tableName}; what they change stands in StaffActions.'
    }
  }
]

resource operatorSeesSubscriptions 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (topicName, index) in (empty(operatorGroupId) ? [] : topicNames): {
    name: guid(subscriptions[index].id, operatorGroupId, roles.serviceBusDataReceiver)
    scope: subscriptions[index]
    properties: {
      principalId: operatorGroupId
      principalType: 'Group'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataReceiver)
      description: '`npm run notify -- status` looks at what waits for the app in ${topicName}.'
    }
  }
]

resource operatorSeesQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queueName, index) in (empty(operatorGroupId) ? [] : sendQueueNames): {
    name: guid(sendQueues[index].id, operatorGroupId, roles.serviceBusDataReceiver)
    scope: sendQueues[index]
    properties: {
      principalId: operatorGroupId
      principalType: 'Group'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataReceiver)
      description: '`npm run notify -- status` looks at what waits in ${queueName}.'
    }
  }
]

resource operatorPublishes 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (topicName, index) in (empty(operatorGroupId) ? [] : topicNames): {
    name: guid(topics[index].id, operatorGroupId, roles.serviceBusDataSender)
    scope: topics[index]
    properties: {
      principalId: operatorGroupId
      principalType: 'Group'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
      description: '`npm run notify -- publish` puts events into ${topicName} by hand.'
    }
  }
]

resource operatorSends 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (queueName, index) in (empty(operatorGroupId) ? [] : sendQueueNames): {
    name: guid(sendQueues[index].id, operatorGroupId, roles.serviceBusDataSender)
    scope: sendQueues[index]
    properties: {
      principalId: operatorGroupId
      principalType: 'Group'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
      description: 'Deliveries are sent again by a copy in ${queueName}.'
    }
  }
]

resource operatorSeesRetriedEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorGroupId)) {
  name: guid(retriedEvents.id, operatorGroupId, roles.serviceBusDataReceiver)
  scope: retriedEvents
  properties: {
    principalId: operatorGroupId
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataReceiver)
    description: '`npm run notify -- status` looks at the events that are parked.'
  }
}

resource operatorRetriesEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorGroupId)) {
  name: guid(retriedEvents.id, operatorGroupId, roles.serviceBusDataSender)
  scope: retriedEvents
  properties: {
    principalId: operatorGroupId
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
    description: 'Rejected events and dead letters are taken again through this queue.'
  }
}

resource operatorSecret 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorGroupId)) {
  name: guid(vault.id, operatorGroupId, roles.keyVaultSecretsUser)
  scope: vault
  properties: {
    principalId: operatorGroupId
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsUser)
    description: 'Operators name recipients as the app knows them, by hash: canaries, those who are not written to, and whether a delivery may be sent again.'
  }
}

resource deployerSwitches 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  name: guid(switches.id, deployerPrincipalId, roles.tableDataContributor)
  scope: switches
  properties: {
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.tableDataContributor)
    description: 'Deploying closes the channels of a new deployment, and looks whether they are.'
  }
}

resource deployerReads 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (tableName, index) in (empty(deployerPrincipalId) ? [] : smokeTestTableNames): {
    name: guid(smokeTestTables[index].id, deployerPrincipalId, roles.tableDataReader)
    scope: smokeTestTables[index]
    properties: {
      principalId: deployerPrincipalId
      principalType: deployerPrincipalType
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.tableDataReader)
      description: 'The smoke test looks in ${tableName} whether its messages arrived.'
    }
  }
]

resource deployerPublishes 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  name: guid(topics[0].id, deployerPrincipalId, roles.serviceBusDataSender)
  scope: topics[0]
  properties: {
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.serviceBusDataSender)
    description: 'The smoke test publishes events of orders.'
  }
}

resource deployerSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  name: guid(vault.id, deployerPrincipalId, roles.keyVaultSecretsOfficer)
  scope: vault
  properties: {
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.keyVaultSecretsOfficer)
    description: 'Deploying makes the key for hashes of addresses, once, when there is none.'
  }
}
