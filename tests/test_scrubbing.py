import pytest

from scrubbing import scrub, scrub_event

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "secret",
    [
        *(JWT, "sntrys_eyJpYXQiOjE3", "sntryu_" + "a" * 64, "megan.bowen@contoso.com", "f" * 64, "user:pass"),
        *("signed_params=WyJhIl0.aBc-9", "Bearer abc.def"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out(secret: str) -> None:
    told = scrub(f"GET https://{secret}@host failed" if secret == "user:pass" else f"cannot use {secret} here")
    assert secret.rpartition("=")[2].rpartition(" ")[2] not in told
    assert told.endswith(("failed", "here"))


def test_what_tells_where_it_happened_stays() -> None:
    assert scrub("KeyError: 'conversation' in 19:abc@thread") == "KeyError: 'conversation' in 19:abc@thread"
    assert len(scrub("x " * 999)) == 300


def test_an_event_keeps_the_place_in_the_program_and_nothing_else() -> None:
    frame = {"filename": "bot.py", "lineno": 3, "vars": {"token": JWT}}
    event = {
        "event_id": "1",
        "exception": {"values": [{"type": "ValueError", "value": JWT, "stacktrace": {"frames": [frame]}}]},
        "contexts": {"runtime": {"name": "CPython"}, "device": {"name": "somebodys-machine"}},
        "request": {"url": "https://bot/setup?signed_params=x"},
        "user": {"ip_address": "192.0.2.1"},
        "breadcrumbs": {"values": [{"message": JWT}]},
        "server_name": "somebodys-machine",
    }
    kept = scrub_event(event, None)
    assert set(kept) == {"event_id", "exception", "contexts"}
    assert kept["contexts"] == {"runtime": {"name": "CPython"}}
    assert kept["exception"]["values"][0] == {
        "type": "ValueError",
        "value": "…",
        "stacktrace": {"frames": [{"filename": "bot.py", "lineno": 3}]},
    }
