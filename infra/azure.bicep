// Everything that the bot needs in Azure, in a resource group of its own. `azd up` deploys it (docs/azure.md).
targetScope = 'subscription'

@minLength(1)
@maxLength(40)
@description('Name of the environment, as `azd env new` made it; part of the resource group\'s name.')
param environmentName string

@minLength(1)
@description('Azure region of everything but the bot registration, which is global.')
param location string

@secure()
@description('Signs setup links and encrypts tokens: 32 bytes or more, several separated by commas. Empty: what the vault holds stays.')
param secretKey string = ''

@allowed(['managedIdentity', 'secret', 'certificate'])
@description('How the bot proves who it is to the Bot Framework. A managed identity needs no secret.')
param botIdentity string = 'managedIdentity'

@description('Application (client) id of the app registration; with a managed identity it is not needed.')
param botAppId string = ''

@secure()
@description('The app registration\'s client secret, for botIdentity secret. Empty: what the vault holds stays.')
param botAppSecret string = ''

@description('Resource id of the Key Vault that holds the certificate, for botIdentity certificate.')
param certificateVaultId string = ''

@description('Name of the certificate in that vault.')
param certificateName string = ''

@description('Public https address when the bot has a domain of its own. Empty: the one that App Service gives it.')
param publicUrl string = ''

@description('Tenant ids that may install the bot, or *. Empty: the tenant of the subscription.')
param allowedTenants string = ''

@description('Addresses of the Sentry installations that people may connect. Empty: https://sentry.io')
param sentryUrls string = ''

@description('Who is told when an alert fires. Empty: alerts show in the portal only.')
param alertEmail string = ''

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: {
    'azd-env-name': environmentName
  }
}

module bot 'modules/bot.bicep' = {
  name: 'bot'
  scope: group
  params: {
    location: location
    token: toLower(uniqueString(subscription().id, environmentName, location))
    secretKey: secretKey
    botIdentity: botIdentity
    botAppId: botAppId
    botAppSecret: botAppSecret
    certificateVaultId: certificateVaultId
    certificateName: certificateName
    publicUrl: publicUrl
    allowedTenants: allowedTenants
    sentryUrls: sentryUrls
    alertEmail: alertEmail
  }
}

// azd keeps these in the environment: `azd env get-value BOT_ID`
output BOT_ID string = bot.outputs.botId
output BOT_URL string = bot.outputs.url
output BOT_SITE string = bot.outputs.site
output BOT_VAULT string = bot.outputs.vault
output BOT_LOGS string = bot.outputs.logs
output AZURE_RESOURCE_GROUP string = group.name
