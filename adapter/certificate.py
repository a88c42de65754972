"""The private key of the bot's certificate, out of the file that the operator, or App Service, put there."""

from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates

from adapter.errors import CredentialsError

PKCS12 = frozenset({".p12", ".pfx"})


def private_key_of(path: Path) -> str:
    """Return the key in PEM; the file is PEM, or PKCS #12 without a password (App Service: /var/ssl/private).

    Raises CredentialsError when the file holds no readable key.
    """
    try:
        return _from_pkcs12(path.read_bytes()) if path.suffix.lower() in PKCS12 else path.read_text("ascii")
    except (OSError, ValueError) as error:
        raise CredentialsError(f"MicrosoftAppCertificatePath: {path} cannot be read: {error}") from error


def _from_pkcs12(content: bytes) -> str:
    key, _, _ = load_key_and_certificates(content, None)
    if key is None:
        raise ValueError("there is no private key in it")
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
