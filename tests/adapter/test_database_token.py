import jwt
import pytest

from adapter.database_token import RESOURCE, DatabaseToken, database_password
from adapter.errors import CredentialsError
from sandbox.faults import close, respond
from sandbox.microsoft import Microsoft
from settings import load_settings


@pytest.fixture
def azure(microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch) -> Microsoft:
    for name, value in microsoft.managed_identity_environment.items():
        monkeypatch.setenv(name, value)
    return microsoft


def test_the_password_is_a_token_for_azures_databases(azure: Microsoft) -> None:
    claims = jwt.decode(DatabaseToken(azure.app_id).get(), options={"verify_signature": False})
    assert claims["aud"] == RESOURCE


def test_one_token_serves_many_connections(azure: Microsoft) -> None:
    token = DatabaseToken(azure.app_id)
    assert token.get() == token.get()
    assert azure.identity.requests.total() == 1


def test_another_identity_gets_none(azure: Microsoft) -> None:
    with pytest.raises(CredentialsError, match="No User Assigned"):
        DatabaseToken("22222222-3333-4444-5555-666666666666").get()


@pytest.mark.parametrize("fault", [respond(500, body="<html>"), respond(500, json={}), close()])
def test_whatever_goes_wrong_is_told_in_our_words_and_over_the_next_time(azure: Microsoft, fault: object) -> None:
    token = DatabaseToken(azure.app_id)
    azure.identity.faults.add(fault)  # type: ignore[arg-type]
    with pytest.raises(CredentialsError):
        token.get()
    assert token.get()


def test_a_database_with_a_password_needs_no_token(values: dict[str, str]) -> None:
    assert database_password(load_settings(values)) is None
