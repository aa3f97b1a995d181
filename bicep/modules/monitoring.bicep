metadata description = 'Where logs and telemetry go: one workspace, one component, signed in to by identity only.'

@description('Name of the Log Analytics workspace.')
param workspaceName string

@description('Name of the Application Insights component.')
param componentName string

@description('Region of both.')
param location string

@description('Tags of both.')
param tags object

@description('Days that logs are kept; 30 are included in the price.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('True: there are logs with phone numbers and mail addresses, kept for seven days.')
param recipientLogs bool

@description('Most GB of logs a day; what comes after is dropped until the next day.')
@minValue(1)
@maxValue(100)
param dailyCapGb int

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    workspaceCapping: {
      dailyQuotaGb: dailyCapGb
    }
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

// Logs that hold recipients do not stay as long as the others.
resource recipientTables 'Microsoft.OperationalInsights/workspaces/tables@2025-07-01' = [
  for table in (recipientLogs ? ['ACSSMSIncomingOperations', 'ACSEmailStatusUpdateOperational'] : []): {
    parent: workspace
    name: table
    properties: {
      retentionInDays: 7
      totalRetentionInDays: 7
    }
  }
]

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: componentName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableIpMasking: false
    DisableLocalAuth: true
  }
}

output workspaceId string = workspace.id
output componentId string = component.id
output componentName string = component.name
output connectionString string = component.properties.ConnectionString
