metadata description = 'Azure Communication Services with mail: a managed domain at once, an own one once it is verified.'

@description('Name of the communication resource.')
param name string

@description('Name of the mail resource.')
param emailServiceName string

@description('Tags of both.')
param tags object

@description('Where Azure keeps what it stores of messages. It can never be changed.')
param dataLocation string

@description('Mail domain of our own, such as mail.example.com; empty for none.')
param customDomain string

@description('True once the records of the own domain are verified: only then can it be linked and sent from.')
param customDomainVerified bool

@description('Whom mails from the own domain come from: user name and the name that people see.')
param emailSenderNames { username: string, displayName: string }[]

@description('Quota of all mail, when Azure has raised it; empty for the usual one.')
param emailQuota { limit: int, seconds: int }[]

var quota = empty(emailQuota) ? {} : { quota: emailQuota }
var ownDomainSends = !empty(customDomain) && customDomainVerified

resource emailService 'Microsoft.Communication/emailServices@2025-09-01' = {
  name: emailServiceName
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
  }
}

resource managedDomain 'Microsoft.Communication/emailServices/domains@2025-09-01' = {
  parent: emailService
  name: 'AzureManagedDomain'
  location: 'global'
  tags: tags
  properties: {
    domainManagement: 'AzureManaged'
    // Tracking would rewrite links.
    userEngagementTracking: 'Disabled'
  }
}

resource ownDomain 'Microsoft.Communication/emailServices/domains@2025-09-01' = if (!empty(customDomain)) {
  parent: emailService
  name: empty(customDomain) ? 'none' : customDomain
  location: 'global'
  tags: tags
  properties: {
    domainManagement: 'CustomerManaged'
    userEngagementTracking: 'Disabled'
  }
}

resource senderNames 'Microsoft.Communication/emailServices/domains/senderUsernames@2025-09-01' = [
  for senderName in emailSenderNames: if (ownDomainSends) {
    parent: ownDomain
    name: senderName.username
    properties: {
      username: senderName.username
      displayName: senderName.displayName
    }
  }
]

resource communication 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
    disableLocalAuth: true
    linkedDomains: ownDomainSends ? [managedDomain.id, ownDomain.id] : [managedDomain.id]
  }
}

output id string = communication.id
output name string = communication.name
output emailServiceName string = emailService.name
output endpoint string = 'https://${communication.properties.hostName}'
output emailSenders array = ownDomainSends
  ? map(emailSenderNames, senderName =>
      union({ sender: '${senderName.username}@${customDomain}', kind: 'custom-domain' }, quota)
    )
  : [
      union({ sender: 'DoNotReply@${managedDomain.properties.fromSenderDomain}', kind: 'azure-managed-domain' }, quota)
    ]
output customDomainRecords object = ownDomain.?properties.verificationRecords ?? {}
