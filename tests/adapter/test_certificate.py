"""The bot's certificate: as PEM, and as App Service puts it under /var/ssl/private."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from adapter.certificate import private_key_of
from adapter.errors import CredentialsError
from sandbox.bot_certificate import BotCertificate, new_bot_certificate
from sandbox.microsoft import Microsoft
from sandbox.teams import install_team, new_team
from tests.conftest import ServedBot


@pytest.fixture(scope="module")
def certificate() -> BotCertificate:
    return new_bot_certificate()


def written(certificate: BotCertificate, path: Path, password: bytes = b"") -> Path:
    key = load_pem_private_key(certificate.private_key.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    content = serialize_key_and_certificates(b"bot", key, certificate.certificate, None, encryption)
    path.write_bytes(certificate.private_key.encode() if path.suffix == ".pem" else content)
    return path


@pytest.mark.parametrize("name", ["bot.pem", "bot.p12", "bot.PFX"])
async def test_a_bot_with_a_certificate_posts(
    name: str,
    certificate: BotCertificate,
    microsoft: Microsoft,
    tmp_path: Path,
    start_bot: Callable[..., Awaitable[ServedBot]],
) -> None:
    microsoft.entra.register(certificate.certificate)
    path = written(certificate, tmp_path / name)
    bot = await start_bot(
        MicrosoftAppPassword=None,
        MicrosoftAppCertificatePath=str(path),
        MicrosoftAppCertificateThumbprint=certificate.thumbprint,
    )
    assert (await bot.teams.post(install_team(new_team("Ops")))).status == 201
    assert len(microsoft.connector.activities) == 1


def test_a_file_that_needs_a_password_is_told(certificate: BotCertificate, tmp_path: Path) -> None:
    path = written(certificate, tmp_path / "bot.p12", b"secret")
    with pytest.raises(CredentialsError, match=r"MicrosoftAppCertificatePath: .*bot\.p12 cannot be read"):
        private_key_of(path)


@pytest.mark.parametrize("name", ["bot.pem", "bot.p12"])
def test_so_is_one_that_is_something_else(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xff\xfe no certificate")
    with pytest.raises(CredentialsError, match="MicrosoftAppCertificatePath"):
        private_key_of(path)
