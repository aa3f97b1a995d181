metadata description = 'Everything that the notification pipeline needs in Azure, in one resource group.'

targetScope = 'subscription'

@description('Name of this deployment, a to z, 0 to 9 and -: goes into names of resources and into the tag of each SMS.')
@minLength(1)
@maxLength(16)
param environmentName string

@description('What it is for. Its numbers stand in main.parameters.<stage>.json.')
@allowed([
  'dev'
  'test'
  'prod'
])
param stage string = 'dev'

@description('Region. Extend the list as Flex Consumption comes to more: `az functionapp list-flexconsumption-locations`.')
@allowed([
  'australiaeast'
  'canadacentral'
  'centralindia'
  'eastus'
  'eastus2'
  'francecentral'
  'germanywestcentral'
  'italynorth'
  'japaneast'
  'koreacentral'
  'northeurope'
  'norwayeast'
  'southeastasia'
  'swedencentral'
  'switzerlandnorth'
  'uksouth'
  'westeurope'
  'westus2'
  'westus3'
])
param location string

@description('Where Azure Communication Services keep what they store of messages. It can never be changed.')
@allowed([
  'Africa'
  'Asia Pacific'
  'Australia'
  'Brazil'
  'Canada'
  'Europe'
  'France'
  'Germany'
  'India'
  'Japan'
  'Korea'
  'Norway'
  'Switzerland'
  'UAE'
  'UK'
  'United States'
])
param dataLocation string

@description('Tag: who answers for it.')
@minLength(1)
param owner string

@description('Tag: who pays for it.')
@minLength(1)
param costCenter string

@description('Tag: how its data is classified.')
@allowed([
  'public'
  'internal'
  'confidential'
  'restricted'
])
param dataClassification string = 'confidential'

@description('`public`: public endpoints, identities only, no keys. `private` (own network, private endpoints) needs Service Bus Premium, about 677 USD a month and unit at list price; it is not built and is refused.')
@allowed([
  'public'
  'private'
])
param networkProfile string = 'public'

@description('SMS senders as in the setting SENDERS. A number is bought by hand first; without one, no SMS is sent.')
param smsSenders {
  sender: string
  kind: 'toll-free' | 'short-code' | 'long-code' | 'alphanumeric'
  countries: string[]?
  quota: { limit: int, seconds: int }[]?
}[] = []

@description('Mail domain of our own, such as mail.example.com; empty: mails come from a domain that Azure manages, ten an hour at most.')
param customDomain string = ''

@description('True once the DNS records of the own domain are verified.')
param customDomainVerified bool = false

@description('Whom mails from the own domain come from: user name and the name that people see.')
param emailSenderNames { username: string, displayName: string }[] = []

@description('Quota of all mail of the subscription, every window of it, when Azure has raised it; empty for the usual one.')
param emailQuota { limit: int, seconds: int }[] = []

@description('Hosts that links in events may point to, comma between.')
@minLength(1)
param linkHosts string

@description('Most SMS in any 24 hours, a brake on the bill; 0 for none.')
@minValue(0)
param smsPerDay int = 0

@description('Most mails in any 24 hours; 0 for none.')
@minValue(0)
param emailPerDay int = 0

@description('More deliveries than this for one order and recipient on a day are held back as a loop upstream.')
@minValue(1)
param deliveriesPerSubjectAndDay int = 20

@description('Seconds after which a delivery without a report is `unknown`.')
@minValue(3600)
@maxValue(172800)
param reportDeadlineSeconds int = 86400

@description('Days that rows with personal data are kept.')
@minValue(7)
@maxValue(730)
param retentionDays int = 90

@description('What an SMS uses up of the quota of its sender.')
@allowed([
  'messages'
  'segments'
])
param smsQuotaCounts string = 'messages'

@description('What each quota keeps for urgent messages, in percent.')
@minValue(0)
@maxValue(50)
param urgentPercent int = 2

@description('When nobody is texted, in the time of the recipient; `none` for never.')
param quietHours string = '21:00-08:00'

@description('Reminders of appointments, as in the setting REMINDERS; what is left out stays as the app has it.')
param reminders object = {}

@description('Which share of the traces is exported whole, of 1; steps that went wrong always are.')
param traceShare string = '0.1'

@description('Always-ready instances of each of the two send functions, about 5.30 USD a month each with 512 MB, 21 with 2048, list price. With none, the first message after a pause can wait two minutes.')
@minValue(0)
@maxValue(20)
param alwaysReadySendInstances int = 0

@description('Memory of an instance in MB: 512 has a quarter of a core, 2048 one, 4096 two.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('Most instances of each function. The quota of a region is 250 cores for all apps of the subscription together.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Spreads app and storage over three zones; takes two always-ready instances of each send function at least.')
param zoneRedundant bool = false

@description('Object ids of the service principals or managed identities of publishers.')
param publisherPrincipalIds string[] = []

@description('Object id of the group of support staff; empty for none.')
param supportGroupId string = ''

@description('Object id of the group of operators; empty for none.')
param operatorGroupId string = ''

@description('Object id of whoever deploys: makes the secret, switches the channels, runs the smoke test. azd fills it in.')
param deployerPrincipalId string = ''

@description('What the deployer is.')
@allowed([
  'User'
  'Group'
  'ServicePrincipal'
])
param deployerPrincipalType string = 'User'

@description('True: a role that only sends, for which the deployer must be allowed to define roles. False: the built-in owner role of Azure Communication Services.')
param customSendRole bool = true

@description('`recover` when a vault of this name was deleted in the last 90 days. The preflight finds out.')
@allowed([
  'default'
  'recover'
])
param keyVaultCreateMode string = 'default'

@description('True: platform logs with phone numbers and mail addresses are kept, too, for seven days. See docs/privacy.md first.')
param recipientLogs bool = false

@description('Days that logs are kept; 30 are in the price.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Most GB of logs a day, about 2.30 to 2.80 USD each at list price beyond 5 GB a month.')
@minValue(1)
@maxValue(100)
param logDailyCapGb int = 1

@description('False: nothing is watched. All alerts together cost about 13 USD a month at list price.')
param alertsEnabled bool = true

@description('Mail addresses that alerts and the budget write to.')
param alertEmails string[] = []

@description('Address of docs/runbook.md as the people on duty open it.')
param runbookUrl string = 'docs/runbook.md'

@description('What a month should cost at most, in the currency of the subscription; 0 for no budget (some kinds of subscription have none).')
@minValue(0)
param monthlyBudget int = 0

@description('First day of the month from which the budget counts, such as 2026-12-01: of the month in which it is made. The preflight sets it once and keeps it.')
@minLength(10)
@maxLength(10)
param budgetStart string = '${utcNow('yyyy-MM')}-01'

var profile = networkProfile == 'private'
  ? fail('networkProfile private is not built: it needs Service Bus Premium, about 677 USD a month and unit at list price. Use public.')
  : networkProfile

// The app takes no other name, and would not start.
var letters = map(range(0, length(environmentName)), index => substring(environmentName, index, 1))
var strange = filter(letters, letter => !contains('abcdefghijklmnopqrstuvwxyz0123456789-', letter))
var nameOfApp = empty(strange) && contains('abcdefghijklmnopqrstuvwxyz', take(environmentName, 1))
  ? environmentName
  : fail('environmentName has to be up to 16 of a-z, 0-9 and -, a letter first.')

var token = uniqueString(subscription().id, environmentName, location)
var suffix = '${environmentName}-${take(token, 8)}'

var tags = {
  'azd-env-name': environmentName
  env: stage
  owner: owner
  costCenter: costCenter
  dataClassification: dataClassification
  service: 'notifications'
  networkProfile: profile
}

var storageSku = zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
var packageContainer = 'app-package'
var undeliveredReportsContainer = 'undelivered-reports'
var hashKeySecret = 'address-hash-key'

var tableNames = [
  'Deliveries'
  'Subjects'
  'Appointments'
  'Hours'
  'DeliveryFailures'
  'Suppressions'
  'RejectedEvents'
  'UnmatchedReports'
  'DeadLetters'
  'StaffActions'
  'SenderCalendars'
]
var supportTableNames = ['DeliveryFailures']

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-notifications-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: {
    name: 'id-${suffix}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: 'log-${suffix}'
    componentName: 'appi-${suffix}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
    recipientLogs: recipientLogs
    dailyCapGb: logDailyCapGb
  }
}

module hostStorage 'modules/storage-account.bicep' = {
  scope: group
  params: {
    name: 'sthost${token}'
    location: location
    tags: tags
    sku: storageSku
    containerNames: [packageContainer]
    deletedBlobDays: 7
  }
}

module dataStorage 'modules/storage-account.bicep' = {
  scope: group
  params: {
    name: 'stdata${token}'
    location: location
    tags: tags
    sku: storageSku
    tableNames: tableNames
    expiringContainerNames: [undeliveredReportsContainer]
    expireAfterDays: 7
    // They hold addresses: seven days are seven days.
    deletedBlobDays: 0
  }
}

module serviceBus 'modules/service-bus.bicep' = {
  scope: group
  params: {
    name: 'sb-${suffix}'
    location: location
    tags: tags
  }
}

module communication 'modules/communication.bicep' = {
  scope: group
  params: {
    name: 'acs-${suffix}'
    emailServiceName: 'email-${suffix}'
    tags: tags
    dataLocation: dataLocation
    customDomain: customDomain
    customDomainVerified: customDomainVerified
    emailSenderNames: emailSenderNames
    emailQuota: emailQuota
  }
}

module reportTopic 'modules/event-grid-topic.bicep' = {
  scope: group
  params: {
    name: 'evgt-${suffix}'
    tags: tags
    communicationId: communication.outputs.id
  }
}

module vault 'modules/key-vault.bicep' = {
  scope: group
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    createMode: keyVaultCreateMode
  }
}

module sendRole 'modules/send-role.bicep' = if (customSendRole) {
  scope: group
}

module roleAssignments 'modules/role-assignments.bicep' = {
  scope: group
  params: {
    appPrincipalId: identity.outputs.principalId
    reportTopicPrincipalId: reportTopic.outputs.principalId
    publisherPrincipalIds: publisherPrincipalIds
    supportGroupId: supportGroupId
    operatorGroupId: operatorGroupId
    deployerPrincipalId: deployerPrincipalId
    deployerPrincipalType: deployerPrincipalType
    sendRoleId: sendRole.?outputs.id ?? loadJsonContent('roles.json').communicationServiceOwner
    hostStorageName: hostStorage.outputs.name
    dataStorageName: dataStorage.outputs.name
    tableNames: tableNames
    supportTableNames: supportTableNames
    serviceBusName: serviceBus.outputs.name
    topicNames: serviceBus.outputs.topicNames
    subscriptionName: serviceBus.outputs.subscriptionName
    sendQueueNames: serviceBus.outputs.sendQueueNames
    retriedEventsName: serviceBus.outputs.retriedEventsName
    communicationName: communication.outputs.name
    componentName: monitoring.outputs.componentName
    vaultName: vault.outputs.name
  }
}

module functionApp 'modules/function-app.bicep' = {
  scope: group
  params: {
    name: 'func-${suffix}'
    planName: 'plan-${suffix}'
    location: location
    tags: tags
    alwaysReadySendInstances: zoneRedundant ? max(2, alwaysReadySendInstances) : alwaysReadySendInstances
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    zoneRedundant: zoneRedundant
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    hostStorageName: hostStorage.outputs.name
    packageContainerUrl: '${hostStorage.outputs.blobEndpoint}${packageContainer}'
    serviceBusHost: serviceBus.outputs.host
    tableEndpoint: dataStorage.outputs.tableEndpoint
    communicationEndpoint: communication.outputs.endpoint
    addressHashKeySecretUri: '${vault.outputs.uri}secrets/${hashKeySecret}'
    telemetryConnectionString: monitoring.outputs.connectionString
    appSettings: {
      ENVIRONMENT: nameOfApp
      SENDERS: string({ sms: smsSenders, email: communication.outputs.emailSenders })
      LINK_HOSTS: linkHosts
      DELIVERIES_PER_SUBJECT_AND_DAY: string(deliveriesPerSubjectAndDay)
      REPORT_DEADLINE_SECONDS: string(reportDeadlineSeconds)
      RETENTION_DAYS: string(retentionDays)
      SMS_PER_DAY: smsPerDay == 0 ? '' : string(smsPerDay)
      EMAIL_PER_DAY: emailPerDay == 0 ? '' : string(emailPerDay)
      SMS_QUOTA_COUNTS: smsQuotaCounts
      URGENT_PERCENT: string(urgentPercent)
      QUIET_HOURS: quietHours
      REMINDERS: empty(reminders) ? '' : string(reminders)
      TRACE_SHARE: traceShare
      LIMITS: 'real'
      HOUSEKEEPING_SCHEDULE: '0 */5 * * * *'
    }
  }
  dependsOn: [
    roleAssignments
  ]
}

module diagnostics 'modules/diagnostics.bicep' = {
  scope: group
  params: {
    workspaceId: monitoring.outputs.workspaceId
    recipientLogs: recipientLogs
    serviceBusName: serviceBus.outputs.name
    communicationName: communication.outputs.name
    reportTopicName: reportTopic.outputs.name
    dataStorageName: dataStorage.outputs.name
    vaultName: vault.outputs.name
    functionAppName: functionApp.outputs.name
  }
}

module actionGroup 'modules/action-group.bicep' = {
  scope: group
  params: {
    name: 'ag-${suffix}'
    tags: tags
    emails: alertEmails
  }
}

module alerts 'modules/alerts.bicep' = if (alertsEnabled) {
  scope: group
  params: {
    prefix: environmentName
    location: location
    tags: tags
    runbookUrl: runbookUrl
    actionGroupId: actionGroup.outputs.id
    workspaceId: monitoring.outputs.workspaceId
    componentId: monitoring.outputs.componentId
    componentName: monitoring.outputs.componentName
    serviceBusId: serviceBus.outputs.id
    reportTopicId: reportTopic.outputs.id
    dailyCapGb: logDailyCapGb
  }
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: {
    displayName: 'Notifications ${environmentName}'
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

module budget 'modules/budget.bicep' = if (monthlyBudget > 0) {
  scope: group
  params: {
    name: 'budget-${suffix}'
    amount: max(1, monthlyBudget)
    startDate: budgetStart
    actionGroupId: actionGroup.outputs.id
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_LOCATION string = location
output NOTIFY_ENVIRONMENT string = environmentName
output NOTIFY_STAGE string = stage
output NOTIFY_BUDGET_START string = budgetStart
output FUNCTION_APP_NAME string = functionApp.outputs.name
output KEY_VAULT_NAME string = vault.outputs.name
output HASH_KEY_SECRET_NAME string = hashKeySecret
output REPORT_TOPIC_NAME string = reportTopic.outputs.name
output DATA_STORAGE_NAME string = dataStorage.outputs.name
output UNDELIVERED_REPORTS_CONTAINER string = undeliveredReportsContainer
output COMMUNICATION_ID string = communication.outputs.id
output EMAIL_SERVICE_NAME string = communication.outputs.emailServiceName
output SERVICE_BUS_HOST string = serviceBus.outputs.host
output TABLE_ENDPOINT string = dataStorage.outputs.tableEndpoint
output COMMUNICATION_ENDPOINT string = communication.outputs.endpoint
output LINK_HOSTS string = linkHosts
output APP_SETTINGS string = string(functionApp.outputs.appSettings)
output CUSTOM_DOMAIN_RECORDS object = communication.outputs.customDomainRecords
output MANUAL_STEPS string[] = concat(
  empty(smsSenders) ? ['Buy a phone number with SMS, or register a sender name, and name it in smsSenders.'] : [],
  empty(customDomain) ? ['Name a mail domain of your own in customDomain: the managed one sends ten mails an hour.'] : [],
  !empty(customDomain) && !customDomainVerified
    ? ['Put CUSTOM_DOMAIN_RECORDS into the DNS of ${customDomain}, verify them, and set customDomainVerified.']
    : [],
  ['Ask for higher quotas at Azure support, and name what was granted in smsSenders.']
)
