metadata description = 'Whom alerts and the budget tell.'

@description('Name of the group.')
param name string

@description('Tags of the group.')
param tags object

@description('Mail addresses to write to.')
param emails string[]

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: name
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'notify'
    emailReceivers: [
      for (email, index) in emails: {
        name: 'mail-${index + 1}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

output id string = group.id
