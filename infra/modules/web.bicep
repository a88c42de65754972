// The site: a plan of two instances, the web app, its settings.
param location string
param token string
param identityId string
param identityClientId string
param botIdentity string
param appId string
param certificateVaultId string
param certificateName string
param vaultUri string
param databaseUrl string
param publicUrl string
param allowedTenants string
param sentryUrls string
param insightsConnectionString string
param subnetId string
param workspaceId string
param size string = 'P0v3'

var byIdentity = botIdentity == 'managedIdentity'
var bySecret = botIdentity == 'secret'
var byCertificate = botIdentity == 'certificate'
var appSecret = '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/bot-app-secret)'
var ownUrl = 'https://${site.properties.defaultHostName}'

resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {
  name: 'plan-${token}'
  location: location
  kind: 'linux'
  sku: {
    name: size
    capacity: 2
  }
  properties: {
    reserved: true
  }
}

resource certificate 'Microsoft.Web/certificates@2023-12-01' = if (byCertificate) {
  name: 'cert-${token}'
  location: location
  properties: {
    serverFarmId: plan.id
    keyVaultId: certificateVaultId
    keyVaultSecretName: certificateName
  }
}

resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: 'app-${token}'
  location: location
  kind: 'app,linux'
  tags: {
    'azd-service-name': 'bot'
  }
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: subnetId
    siteConfig: {
      linuxFxVersion: 'PYTHON|3.12'
      appCommandLine: 'python bot.py'
      alwaysOn: true
      healthCheckPath: '/healthz'
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
  }
}

// An empty setting counts as none.
resource settings 'Microsoft.Web/sites/config@2023-12-01' = {
  parent: site
  name: 'appsettings'
  properties: {
    MicrosoftAppId: appId
    MicrosoftAppType: byIdentity ? 'UserAssignedMSI' : 'SingleTenant'
    MicrosoftAppTenantId: tenant().tenantId
    MicrosoftAppPassword: bySecret ? appSecret : ''
    MicrosoftAppCertificatePath: byCertificate ? '/var/ssl/private/${certificate.properties.thumbprint}.p12' : ''
    MicrosoftAppCertificateThumbprint: byCertificate ? certificate.properties.thumbprint : ''
    WEBSITE_LOAD_CERTIFICATES: byCertificate ? certificate.properties.thumbprint : ''
    SECRET_KEY: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/secret-key)'
    DATABASE_URL: databaseUrl
    DATABASE_AUTH: 'entra'
    AZURE_CLIENT_ID: identityClientId
    PUBLIC_URL: publicUrl
    ALLOWED_TENANTS: allowedTenants
    SENTRY_URLS: sentryUrls
    LOG_FORMAT: 'json'
    LOG_LEVEL: 'INFO'
    APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
    SCM_DO_BUILD_DURING_DEPLOYMENT: 'true'
    CUSTOM_REQUIREMENTSTXT_PATH: 'requirements-azure.txt'
  }
}

// Deployment signs in with Entra; the site's own passwords are off.
resource passwords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2023-12-01' = [for door in ['ftp', 'scm']: {
  parent: site
  name: door
  properties: {
    allow: false
  }
}]

module scaling 'scaling.bicep' = {
  name: 'scaling'
  params: {
    location: location
    token: token
    planId: plan.id
  }
}

// No AppServiceHTTPLogs: they hold query strings, and a setup link's query string is its key.
resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: site
  properties: {
    workspaceId: workspaceId
    logs: [for category in ['AppServiceConsoleLogs', 'AppServicePlatformLogs', 'AppServiceAuditLogs']: {
      category: category
      enabled: true
    }]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output siteId string = site.id
output siteName string = site.name
output url string = empty(publicUrl) ? ownUrl : publicUrl
