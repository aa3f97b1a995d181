metadata description = 'What is watched, as bicep/alerts.json lists it; each alert names its section of the runbook.'

@description('First part of the names of all alerts.')
param prefix string

@description('Region of the log alerts.')
param location string

@description('Tags of all alerts.')
param tags object

@description('Address of docs/runbook.md as the people on duty open it.')
param runbookUrl string

@description('Action group to tell.')
param actionGroupId string

@description('Workspace that log alerts ask.')
param workspaceId string

@description('Id of the Application Insights component.')
param componentId string

@description('Its name.')
param componentName string

@description('Service Bus namespace.')
param serviceBusId string

@description('Event Grid system topic.')
param reportTopicId string

@description('Most GB of logs a day.')
param dailyCapGb int

var alerts = loadJsonContent('../alerts.json')

var sources = {
  serviceBus: {
    id: serviceBusId
    type: 'Microsoft.ServiceBus/namespaces'
    region: location
  }
  reports: {
    id: reportTopicId
    type: 'Microsoft.EventGrid/systemTopics'
    region: 'global'
  }
}

// As Azure names them in its news.
var services = [
  'Application Insights'
  'Azure Communication Services'
  'Azure Monitor'
  'Event Grid'
  'Functions'
  'Key Vault'
  'Log Analytics'
  'Service Bus'
  'Storage'
]
var ofUs = [
  { field: 'properties.impactedServices[*].ServiceName', containsAny: services }
  {
    field: 'properties.impactedServices[*].ImpactedRegions[*].RegionName'
    containsAny: [loadJsonContent('../regions.json')[location], 'Global']
  }
]

var unhealthy = [
  { field: 'properties.currentHealthStatus', equals: 'Degraded' }
  { field: 'properties.currentHealthStatus', equals: 'Unavailable' }
]

resource metricAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in alerts.metric: {
    name: '${prefix}-${toLower(replace(alert.title, ' ', '-'))}'
    location: 'global'
    tags: tags
    properties: {
      description: '${alert.means} ${runbookUrl}#${toLower(replace(alert.title, ' ', '-'))}'
      enabled: true
      autoMitigate: true
      severity: alert.severity
      evaluationFrequency: alert.every
      windowSize: alert.window
      scopes: [
        sources[alert.on].id
      ]
      targetResourceType: sources[alert.on].type
      targetResourceRegion: sources[alert.on].region
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: alert.metric
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: sources[alert.on].type
            metricName: alert.metric
            timeAggregation: alert.aggregation
            operator: 'GreaterThan'
            threshold: alert.threshold
            dimensions: [
              {
                name: alert.dimension
                operator: 'Include'
                values: [
                  '*'
                ]
              }
            ]
          }
        ]
      }
      actions: [
        {
          actionGroupId: actionGroupId
        }
      ]
    }
  }
]

// Every query gives a row for what is wrong, and none when all is well.
resource logAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in alerts.log: {
    name: '${prefix}-${toLower(replace(alert.title, ' ', '-'))}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.title
      description: '${alert.means} ${runbookUrl}#${toLower(replace(alert.title, ' ', '-'))}'
      enabled: true
      autoMitigate: true
      severity: alert.severity
      evaluationFrequency: alert.every
      windowSize: alert.window
      overrideQueryTimeRange: alert.lookBack
      // Its tables do not exist before the first log line.
      skipQueryValidation: true
      scopes: [
        workspaceId
      ]
      criteria: {
        allOf: [
          {
            query: replace(join(alert.query, '\n'), '$dailyCapGb', string(dailyCapGb))
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [
          actionGroupId
        ]
      }
    }
  }
]

resource activityAlerts 'Microsoft.Insights/activityLogAlerts@2020-10-01' = [
  for alert in alerts.activity: {
    name: '${prefix}-${toLower(replace(alert.title, ' ', '-'))}'
    location: 'global'
    tags: tags
    properties: {
      description: '${alert.means} ${runbookUrl}#${toLower(replace(alert.title, ' ', '-'))}'
      enabled: true
      scopes: [
        alert.category == 'ServiceHealth' ? subscription().id : resourceGroup().id
      ]
      condition: {
        allOf: concat(
          [{ field: 'category', equals: alert.category }],
          alert.category == 'ResourceHealth' ? [{ anyOf: unhealthy }] : ofUs
        )
      }
      actions: {
        actionGroups: [
          {
            actionGroupId: actionGroupId
          }
        ]
      }
    }
  }
]

// Application Insights makes this rule by itself, and with it a group of its own that mails everybody.
resource failureAnomalies 'Microsoft.AlertsManagement/smartDetectorAlertRules@2021-04-01' = {
  name: 'Failure Anomalies - ${componentName}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Application Insights finds that requests or dependencies fail unusually often. ${runbookUrl}#invocations-fail'
    state: 'Enabled'
    severity: 'Sev3'
    frequency: 'PT1M'
    detector: {
      id: 'FailureAnomaliesDetector'
    }
    scope: [
      componentId
    ]
    actionGroups: {
      groupIds: [
        actionGroupId
      ]
    }
  }
}
