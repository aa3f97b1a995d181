metadata description = 'What Azure Communication Services reports. The subscription comes after the code: bicep/delivery-reports.bicep.'

@description('Name of the system topic.')
param name string

@description('Tags of the system topic.')
param tags object

@description('Communication resource whose events these are.')
param communicationId string

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: name
  location: 'global'
  tags: tags
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    source: communicationId
    topicType: 'Microsoft.Communication.CommunicationServices'
  }
}

output id string = topic.id
output name string = topic.name
output principalId string = topic.identity.principalId
