import base64
import string
from dataclasses import asdict, replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import ConversationReference, Installation, Place, PlaceKind
from services.setup_links import LinkExpired, LinkTampered, SetupLinks, SetupParameters, parameters_of, place_of
from tests.services.installed import NOW, SERVICE_URL, TENANT, Clock, installed

KEY, OTHER_KEY = "k" * 48, "o" * 48


def links(*keys: str, clock: Clock | None = None) -> SetupLinks:
    return SetupLinks(keys or (KEY,), "https://bot.example.com", clock or Clock())


def signed_in(url: str) -> str:
    return parse_qs(urlsplit(url).query)["signed_params"][0]


def issued(installation: Installation | None = None) -> str:
    return signed_in(links().issue(installation or installed()))


def test_link_points_to_the_setup_page_below_the_public_url() -> None:
    url = SetupLinks([KEY], "https://bot.example.com/teams/", Clock()).issue(installed())
    assert url.startswith("https://bot.example.com/teams/setup?signed_params=")
    assert set(url) <= set(string.ascii_letters + string.digits + ":/?=&._-%~")


def test_team_link_carries_the_teams_parameters() -> None:
    assert links().read(issued()) == SetupParameters(
        external_id="19:team@thread.tacv2",
        external_name="Platform",
        installation_type=PlaceKind.TEAM,
        service_url=SERVICE_URL,
        user_id="29:installer",
        conversation_id="19:general@thread.tacv2",
        tenant_id=TENANT,
        nonce="n1",
    )


def test_personal_link_names_the_tenant() -> None:
    parameters = links().read(issued(installed(PlaceKind.PERSONAL, "a:chat", "")))
    assert (parameters.external_id, parameters.external_name) == (TENANT, f"{TENANT} (Microsoft Tenant)")
    assert parameters.installation_type == "tenant"


@pytest.mark.parametrize(("topic", "shown"), [("Release crew", "Release crew"), ("", "Group chat")])
def test_group_chat_link_names_the_topic(topic: str, shown: str) -> None:
    parameters = links().read(issued(installed(PlaceKind.GROUP_CHAT, "19:chat@thread.v2", topic)))
    assert (parameters.external_id, parameters.external_name) == ("19:chat@thread.v2", shown)
    assert parameters.installation_type == "groupchat"


@pytest.mark.parametrize("kind", list(PlaceKind))
def test_link_leads_back_to_the_place_it_was_issued_for(kind: PlaceKind) -> None:
    conversation = ConversationReference(SERVICE_URL, "19:here", TENANT)
    place = Place(TENANT, "19:team" if kind is PlaceKind.TEAM else "19:here", kind)
    installation = replace(installed(), place=place, conversation=conversation)
    assert place_of(links().read(issued(installation))) == place


@pytest.mark.parametrize("letter", ["x", "ü", "界", "😀"])
def test_longest_names_fit(letter: str) -> None:
    long = replace(installed(name=letter * 500), user_id="29:" + "u" * 300)
    assert links().read(issued(long)).external_name == letter * 500


def test_installation_without_a_nonce_gets_no_link() -> None:
    with pytest.raises(ValueError, match="no nonce"):
        links().issue(installed(nonce=""))


@pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=24), timedelta(seconds=-2)])
def test_link_works_for_24_hours_and_beside_a_clock_that_is_slightly_behind(age: timedelta) -> None:
    assert links(clock=Clock(NOW + age)).read(issued()).nonce == "n1"


def test_link_expires_after_24_hours() -> None:
    with pytest.raises(LinkExpired):
        links(clock=Clock(NOW + timedelta(hours=24, seconds=1))).read(issued())


def test_first_key_signs_and_older_keys_are_still_read() -> None:
    old = signed_in(links(OTHER_KEY).issue(installed()))
    assert links(KEY, OTHER_KEY).read(old).nonce == "n1"
    new = signed_in(links(KEY, OTHER_KEY).issue(installed()))
    assert links(KEY).read(new).nonce == "n1"
    with pytest.raises(LinkTampered):
        links(OTHER_KEY).read(new)


def test_link_signed_with_a_key_that_was_retired_is_refused() -> None:
    with pytest.raises(LinkTampered):
        links(OTHER_KEY).read(issued())


@given(st.integers(min_value=0), st.characters(codec="ascii", categories=["L", "N", "P"]))
def test_any_changed_character_breaks_the_link(position: int, character: str) -> None:
    signed = issued()
    index = position % len(signed)
    changed = signed[:index] + character + signed[index + 1 :]
    if same_bytes(changed, signed):
        assert links().read(changed) == links().read(signed)
    else:
        with pytest.raises(LinkTampered):
            links().read(changed)


def same_bytes(one: str, other: str) -> bool:
    """The last character of a base64 text has bits that say nothing."""
    if one[:-1] != other[:-1]:
        return False
    return _decoded(one) == _decoded(other)


def _decoded(signed: str) -> bytes:
    last = signed.rpartition(".")[2]
    return base64.urlsafe_b64decode(last + "=" * (-len(last) % 4))


@pytest.mark.parametrize(
    "signed", ["", ".", "..", "a.b.c", "ü" * 50, "x" * 100_000, "\x00", issued()[:-1], issued() + "A"]
)
def test_what_is_no_link_is_refused(signed: str) -> None:
    with pytest.raises(LinkTampered):
        links().read(signed)


GOOD = asdict(parameters_of(installed()))


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        "text",
        {},
        {"nonce": "n1"},
        {**GOOD, "x": "y"},
        {**GOOD, "nonce": 1},
        {**GOOD, "installation_type": "x"},
    ],
)
def test_signed_text_with_other_content_is_refused(content: object) -> None:
    with pytest.raises(LinkTampered):
        links().read(str(links()._serializer.dumps(content)))
