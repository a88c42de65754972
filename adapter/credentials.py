"""The bot's own identity, as the SDK keeps it."""

from botframework.connector.auth import (
    AppCredentials,
    CertificateServiceClientCredentialsFactory,
    ManagedIdentityServiceClientCredentialsFactory,
    PasswordServiceClientCredentialFactory,
    ServiceClientCredentialsFactory,
)

from adapter.certificate import private_key_of
from settings import AppType, Settings


def sdk_credentials_factory(settings: Settings) -> ServiceClientCredentialsFactory:
    """Return the SDK's factory for the way the bot is registered (none in local mode: authentication is off).

    Raises CredentialsError for a certificate that cannot be read.
    """
    tenant = None if settings.app_type is AppType.MULTI_TENANT else settings.app_tenant_id
    if settings.app_type is AppType.USER_ASSIGNED_MSI and settings.app_id:
        return ManagedIdentityServiceClientCredentialsFactory(settings.app_id)
    if settings.certificate_path is not None:
        return CertificateServiceClientCredentialsFactory(
            settings.certificate_thumbprint, private_key_of(settings.certificate_path), settings.app_id, tenant
        )
    return PasswordServiceClientCredentialFactory(settings.app_id or "", settings.app_password, tenant)


class CachedCredentials(ServiceClientCredentialsFactory):  # type: ignore[misc]  # the SDK has no types
    """One credentials object, and so one MSAL cache, for each (app id, scope, authority).

    The SDK makes a new one every turn. An app id that is not ours is refused by the wrapped factory before anything
    is kept: that refusal is what stops a turn that carries somebody else's token.
    """

    def __init__(self, inner: ServiceClientCredentialsFactory) -> None:
        self._inner = inner
        self._kept: dict[tuple[str, str, str, bool], AppCredentials] = {}

    async def is_valid_app_id(self, app_id: str) -> bool:
        """Say whether `app_id` is the bot's."""
        return bool(await self._inner.is_valid_app_id(app_id))

    async def is_authentication_disabled(self) -> bool:
        """Say whether the bot has no identity at all (local mode)."""
        return bool(await self._inner.is_authentication_disabled())

    async def create_credentials(
        self,
        app_id: str,
        oauth_scope: str,
        login_endpoint: str,
        validate_authority: bool,  # noqa: FBT001 - the SDK's signature
    ) -> AppCredentials:
        """Return the credentials of `app_id`, the same object each time."""
        key = (app_id, oauth_scope, login_endpoint, validate_authority)
        if key not in self._kept:
            self._kept[key] = await self._inner.create_credentials(*key)
        return self._kept[key]
