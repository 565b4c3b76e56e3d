"""Masking: what must go, what must stay, and that it never stalls or says it twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.redaction.key_names import Strength, judge
from bot.runtime.masking import mask_text, mask_value

# Assembled here so that scanners of this repository stay quiet.
LETTERS = "a1B2c3D4e5F6g7H8i9J0" * 2
SECRETS = {
    "slack": "xo" + "xb-" + "123456789012-" + LETTERS,
    "slack app": "xa" + "pp-1-" + LETTERS,
    "github": "gh" + "p_" + LETTERS,
    "github fine-grained": "github" + "_pat_" + LETTERS,
    "aws": "AK" + "IA" + "ABCDEFGHIJKLMNOP",
    "google": "AI" + "za" + LETTERS,
    "stripe": "sk" + "_live_" + LETTERS,
    "openai": "sk" + "-" + LETTERS,
    "aionis": "aionis" + "_live_" + LETTERS,
    "jwt": "ey" + "J" + LETTERS + ".ey" + "J" + LETTERS + "." + LETTERS,
    "private key": "-----BEGIN " + "PRIVATE KEY-----\n" + LETTERS + "\n-----END PRIVATE KEY-----",
}
SAFE = [
    "3d1868e2-e6d3-4f69-952e-61f53ef2ef30",
    "aionis://default/support/decision/3d1868e2-e6d3-4f69-952e-61f53ef2ef30",
    "7e4cf49ca3a49c66b5ed9221bd23c1a21f7913c272b0dc845a9ceac1a49bc077",
    "payments.create_refund",
    "max_tokens=4096, token_count: 17, idempotency_key=refund-51877",
    "s3://incident-artifacts/51877/http-trace.json",
    "expected 200, got 409 (charge_already_refunded)",
    "the author said: password reset mail sent",
]


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_well_known_tokens_are_masked_wherever_they_stand(secret: str) -> None:
    for text in (secret, f"before {secret} after", f'{{"value": "{secret}"}}', f"https://host/?q={secret}&x=1"):
        assert LETTERS[:12] not in mask_text(text)
        assert "[masked: " in mask_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer {}",
        "password={}",
        "api_key: {}",
        "postgres://user:{}@db/x",
        "https://b/k?X-Amz-Signature={}",
    ],
)
def test_credentials_are_known_by_what_stands_before_them(text: str) -> None:
    assert "hunter2-hunter2" not in mask_text(text.format("hunter2-hunter2"))


@pytest.mark.parametrize("text", SAFE)
def test_ordinary_texts_survive(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize(
    ("key", "kind"),
    {"password": "password", "apiKey": "key", "AWS_SECRET_ACCESS_KEY": "key", "client-secret": "secret", "authToken": "token",
     "Authorization": "credential", "cookie": "cookie"}.items(),
)  # fmt: skip
def test_everything_under_a_secret_key_is_masked(key: str, kind: str) -> None:
    assert judge(key).strength >= Strength.LIKELY
    assert mask_value({key: {"nested": ["plain", 5]}}) == {key: {"nested": [f"[masked: {kind}]", f"[masked: {kind}]"]}}


@pytest.mark.parametrize(
    "key", ["token_count", "max_tokens", "idempotency_key", "author", "secret_name", "key", "tool"]
)
def test_keys_that_only_sound_alike_are_kept(key: str) -> None:
    assert mask_value({key: "plain"}) == {key: "plain"}


@given(st.text(max_size=300))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask_text(mask_text(text)) == mask_text(text)


@pytest.mark.parametrize(
    "text", ["a-" * 30_000, "token " + " " * 60_000, "bearer " * 9_000, "x://a:" * 9_000, "eyJ" * 20_000]
)
def test_no_text_makes_the_redactor_stall(text: str) -> None:
    assert mask_text(text)  # a pattern that backtracks would keep this test running for minutes


def test_a_cut_says_how_much_is_missing() -> None:
    assert mask_text("x" * 60_000).endswith("… [10,000 more characters cut]")


def test_deep_nesting_ends() -> None:
    value: object = "end"
    for _ in range(500):
        value = {"a": value}
    assert "nested too deep" in str(mask_value(value))
