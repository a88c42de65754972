// What somebody should be told about. Log alerts count the bot's own log events, by name.
param location string
param token string
param siteId string
param databaseId string
param workspaceId string
param email string

var actions = empty(email) ? [] : [people.id]

var logAlerts = [
  {
    name: 'token'
    title: 'The bot gets no token: it can post nothing'
    severity: 1
    atLeast: 1
    events: ['no connector token']
  }
  {
    name: 'keys'
    title: 'Signing keys cannot be fetched or used: Teams may be refused'
    severity: 1
    atLeast: 1
    events: ['signing keys could not be fetched', 'the SDK could not judge a token']
  }
  {
    name: 'deliveries'
    title: 'Cards do not reach Teams'
    severity: 2
    atLeast: 3
    events: ['welcome not posted', 'setup.not_announced', 'delivery gave up']
  }
  {
    name: 'store'
    title: 'The database does not answer the bot'
    severity: 1
    atLeast: 3
    events: ['store unavailable', 'setup.store_unavailable']
  }
]

var metricAlerts = [
  {
    name: 'errors'
    title: 'The bot answers with 5xx'
    scope: siteId
    type: 'Microsoft.Web/sites'
    metric: 'Http5xx'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: 5
  }
  {
    name: 'health'
    title: 'An instance does not answer /healthz'
    scope: siteId
    type: 'Microsoft.Web/sites'
    metric: 'HealthCheckStatus'
    aggregation: 'Average'
    operator: 'LessThan'
    threshold: 90
  }
  {
    name: 'database'
    title: 'The database is down'
    scope: databaseId
    type: 'Microsoft.DBforPostgreSQL/flexibleServers'
    metric: 'is_db_alive'
    aggregation: 'Maximum'
    operator: 'LessThan'
    threshold: 1
  }
]

// A log line is one JSON object; the platform may put a time before it.
var lines = '''
AppServiceConsoleLogs
| extend line = parse_json(extract(@"(\{.*\})", 1, ResultDescription))
| extend event = tostring(line.event), reason = tostring(line.error)
'''

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: 'people-${token}'
  location: 'global'
  properties: {
    groupShortName: 'sentry-bot'
    enabled: true
    emailReceivers: [
      {
        name: 'email'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource byLog 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = [for alert in logAlerts: {
  name: 'log-${alert.name}-${token}'
  location: location
  properties: {
    displayName: alert.title
    severity: alert.severity
    enabled: true
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    scopes: [workspaceId]
    skipQueryValidation: true // the table appears with the first log line
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: '${lines}| where event in (dynamic(${string(alert.events)}))'
          timeAggregation: 'Count'
          operator: 'GreaterThanOrEqual'
          threshold: alert.atLeast
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    actions: {
      actionGroups: actions
    }
  }
}]

resource byMetric 'Microsoft.Insights/metricAlerts@2018-03-01' = [for alert in metricAlerts: {
  name: 'metric-${alert.name}-${token}'
  location: 'global'
  properties: {
    description: alert.title
    severity: 1
    enabled: true
    scopes: [alert.scope]
    targetResourceType: alert.type
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: alert.metric
          criterionType: 'StaticThresholdCriterion'
          metricName: alert.metric
          timeAggregation: alert.aggregation
          operator: alert.operator
          threshold: alert.threshold
        }
      ]
    }
    actions: [for id in actions: {
      actionGroupId: id
    }]
  }
}]
