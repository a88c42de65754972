"""The facts that differ between Microsoft's clouds."""

from dataclasses import dataclass

from botframework.connector.auth import AuthenticationConstants, GovernmentConstants

from settings import ChannelService


@dataclass(frozen=True, slots=True)
class Cloud:
    """One cloud: who signs the channel's tokens, where their keys are, what our own token is for, who may get it.

    `channel_service` is what the SDK calls this cloud. Sources: the SDK's constants; connector hosts from
    Agents-for-python, proactive_service_endpoints.py.
    """

    channel_service: str
    issuer: str
    openid_metadata_url: str
    oauth_scope: str
    login_endpoint: str
    connector_hosts: frozenset[str]


_PUBLIC = Cloud(
    channel_service="",
    issuer=AuthenticationConstants.TO_BOT_FROM_CHANNEL_TOKEN_ISSUER,
    openid_metadata_url=AuthenticationConstants.TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL,
    oauth_scope=AuthenticationConstants.TO_CHANNEL_FROM_BOT_OAUTH_SCOPE,
    login_endpoint=AuthenticationConstants.TO_CHANNEL_FROM_BOT_LOGIN_URL_PREFIX,
    connector_hosts=frozenset({"smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com"}),
)


def _government(connector_host: str) -> Cloud:
    return Cloud(
        channel_service=GovernmentConstants.CHANNEL_SERVICE,
        issuer=GovernmentConstants.TO_BOT_FROM_CHANNEL_TOKEN_ISSUER,
        openid_metadata_url=GovernmentConstants.TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL,
        oauth_scope=GovernmentConstants.TO_CHANNEL_FROM_BOT_OAUTH_SCOPE,
        login_endpoint=GovernmentConstants.TO_CHANNEL_FROM_BOT_LOGIN_URL_PREFIX,
        connector_hosts=frozenset({connector_host}),
    )


CLOUDS = {
    ChannelService.PUBLIC: _PUBLIC,
    ChannelService.US_GOVERNMENT: _government("smba.infra.gov.teams.microsoft.us"),
    ChannelService.US_DOD: _government("smba.infra.dod.teams.microsoft.us"),
}
