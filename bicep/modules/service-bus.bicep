metadata description = 'The broker: events come in by topics, copies of deliveries wait in queues. Numbers as in shared/limits.ts.'

@description('Name of the namespace.')
@minLength(6)
@maxLength(50)
param name string

@description('Region of the namespace.')
param location string

@description('Tags of the namespace.')
param tags object

var topicNames = [
  'order-events'
  'appointment-events'
]
var subscriptionName = 'notifications'
var sendQueueNames = [
  'sms'
  'email'
]
var retriedEventsName = 'retried-events'

var lock = 'PT1M'
var deliveries = 10
var timeToLive = 'P14D'
var duplicateDetection = 'PT1H'
var megabytes = 5120

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: 'Standard'
    tier: 'Standard'
  }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: 'Enabled'
  }
}

resource topics 'Microsoft.ServiceBus/namespaces/topics@2024-01-01' = [
  for topicName in topicNames: {
    parent: namespace
    name: topicName
    properties: {
      defaultMessageTimeToLive: timeToLive
      maxSizeInMegabytes: megabytes
      // The app knows a repeated event by itself, for longer than any window of the broker.
      requiresDuplicateDetection: false
    }
  }
]

resource subscriptions 'Microsoft.ServiceBus/namespaces/topics/subscriptions@2024-01-01' = [
  for (topicName, index) in topicNames: {
    parent: topics[index]
    name: subscriptionName
    properties: {
      lockDuration: lock
      maxDeliveryCount: deliveries
      defaultMessageTimeToLive: timeToLive
      deadLetteringOnMessageExpiration: true
      deadLetteringOnFilterEvaluationExceptions: true
    }
  }
]

resource retriedEvents 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: namespace
  name: retriedEventsName
  properties: {
    lockDuration: lock
    maxDeliveryCount: deliveries
    defaultMessageTimeToLive: timeToLive
    deadLetteringOnMessageExpiration: true
    maxSizeInMegabytes: megabytes
    // The same event may be parked again and again.
    requiresDuplicateDetection: false
  }
}

resource sendQueues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [
  for queueName in sendQueueNames: {
    parent: namespace
    name: queueName
    properties: {
      lockDuration: lock
      maxDeliveryCount: deliveries
      defaultMessageTimeToLive: timeToLive
      deadLetteringOnMessageExpiration: true
      maxSizeInMegabytes: megabytes
      requiresDuplicateDetection: true
      duplicateDetectionHistoryTimeWindow: duplicateDetection
    }
  }
]

output id string = namespace.id
output name string = namespace.name
output host string = replace(replace(namespace.properties.serviceBusEndpoint, 'https://', ''), ':443/', '')
output topicNames string[] = topicNames
output subscriptionName string = subscriptionName
output sendQueueNames string[] = sendQueueNames
output retriedEventsName string = retriedEventsName
