metadata description = 'A role that may send through a communication resource and nothing else; Azure has none built in.'

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, 'notification-sender')
  properties: {
    roleName: 'Notification sender in ${resourceGroup().name}'
    description: 'Sends SMS and mail through one communication resource.'
    type: 'CustomRole'
    assignableScopes: [
      resourceGroup().id
    ]
    permissions: [
      {
        actions: [
          'Microsoft.Communication/CommunicationServices/Read'
          'Microsoft.Communication/CommunicationServices/Write'
          'Microsoft.Communication/EmailServices/write'
        ]
      }
    ]
  }
}

output id string = role.name
