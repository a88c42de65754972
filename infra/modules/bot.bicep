// Puts the parts together: who the bot is, where it runs, what it remembers, who watches it.
param location string
param token string

@secure()
param secretKey string
param botIdentity string
param botAppId string

@secure()
param botAppSecret string
param certificateVaultId string
param certificateName string
param publicUrl string
param allowedTenants string
param sentryUrls string
param alertEmail string

var appId = botIdentity == 'managedIdentity' ? identity.properties.clientId : botAppId

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-${token}'
  location: location
}

module monitoring 'monitoring.bicep' = {
  name: 'monitoring'
  params: {
    location: location
    token: token
  }
}

module network 'network.bicep' = {
  name: 'network'
  params: {
    location: location
    token: token
  }
}

module vault 'vault.bicep' = {
  name: 'vault'
  params: {
    location: location
    token: token
    readerPrincipalId: identity.properties.principalId
    secretKey: secretKey
    botAppSecret: botAppSecret
    workspaceId: monitoring.outputs.workspaceId
  }
}

module database 'database.bicep' = {
  name: 'database'
  params: {
    location: location
    token: token
    ownerName: identity.name
    ownerPrincipalId: identity.properties.principalId
    subnetId: network.outputs.privateSubnetId
    zoneId: network.outputs.databaseZoneId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module web 'web.bicep' = {
  name: 'web'
  params: {
    location: location
    token: token
    identityId: identity.id
    identityClientId: identity.properties.clientId
    botIdentity: botIdentity
    appId: appId
    certificateVaultId: certificateVaultId
    certificateName: certificateName
    vaultUri: vault.outputs.uri
    databaseUrl: database.outputs.url
    publicUrl: publicUrl
    allowedTenants: allowedTenants
    sentryUrls: sentryUrls
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    subnetId: network.outputs.appSubnetId
    workspaceId: monitoring.outputs.workspaceId
  }
}

module registration 'registration.bicep' = {
  name: 'registration'
  params: {
    token: token
    appId: appId
    identityId: botIdentity == 'managedIdentity' ? identity.id : ''
    endpoint: '${web.outputs.url}/api/messages'
    workspaceId: monitoring.outputs.workspaceId
  }
}

module alerts 'alerts.bicep' = {
  name: 'alerts'
  params: {
    location: location
    token: token
    siteId: web.outputs.siteId
    databaseId: database.outputs.serverId
    workspaceId: monitoring.outputs.workspaceId
    email: alertEmail
  }
}

output botId string = appId
output url string = web.outputs.url
output site string = web.outputs.siteName
output vault string = vault.outputs.name
output logs string = monitoring.outputs.workspaceName
