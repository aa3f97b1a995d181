metadata description = 'Mails when the month costs more than planned. A budget tells; it stops nothing.'

@description('Name of the budget.')
param name string

@description('Most that a month should cost, in the currency of the subscription.')
@minValue(1)
param amount int

@description('First day of the month from which it counts. Keep it: another one makes another budget.')
param startDate string

@description('Action group to tell.')
param actionGroupId string

var thresholds = {
  half: { threshold: 50, thresholdType: 'Actual' }
  most: { threshold: 80, thresholdType: 'Actual' }
  all: { threshold: 100, thresholdType: 'Actual' }
  forecast: { threshold: 100, thresholdType: 'Forecasted' }
}

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: startDate
    }
    notifications: mapValues(thresholds, one => {
      enabled: true
      operator: 'GreaterThan'
      threshold: one.threshold
      thresholdType: one.thresholdType
      contactEmails: []
      contactGroups: [
        actionGroupId
      ]
    })
  }
}
