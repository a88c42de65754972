from services.instance import NONCE, Instance

KEY, OLD, APP = "k" * 40, "o" * 40, "11111111-2222-3333-4444-555555555555"
ONE, OTHER = "0" * 32, "1" * 32


def test_an_answer_is_known_by_whoever_has_the_key_and_the_app_id() -> None:
    answer = Instance([KEY], APP).answer(ONE)
    assert Instance([KEY], APP).knows(ONE, answer)
    assert Instance([OLD, KEY], APP).knows(ONE, answer)


def test_another_key_another_app_or_another_nonce_is_another_answer() -> None:
    answer = Instance([KEY, OLD], APP).answer(ONE)
    assert not Instance([OLD], APP).knows(ONE, answer)
    assert not Instance([KEY], None).knows(ONE, answer)
    assert not Instance([KEY], APP).knows(OTHER, answer)


def test_only_hexadecimal_digits_are_a_nonce() -> None:
    assert NONCE.fullmatch("a" * 64)
    assert not any(NONCE.fullmatch(text) for text in ("", "a" * 31, "a" * 65, "A" * 32, "g" * 32, "a" * 32 + "\n"))
