"""What one place of a record gives away, cuts, code, and texts that only mention a secret."""

from typing import Any

import pytest

from bot.domain.redaction.key_names import Strength, judge
from bot.domain.redaction.redactor import LIMIT, Redactor
from bot.runtime.masking import mask_text, mask_value
from tests.domain.redaction.measure import stays
from tests.domain.redaction.pieces import LOWER, TOKENS, Pieces

PIECES = Pieces(7)


def test_a_password_is_masked_wherever_its_text_repeats_it() -> None:
    assert mask_text("password: hunter2! then retried: hunter2!") == (
        "password: [masked: password] then retried: [masked: password]"
    )


def test_what_one_field_names_is_masked_in_all_fields_and_keys() -> None:
    secret = PIECES.of("abcdefghjk23456789", 20)
    record = {
        "goal": f"Rotate {secret}",
        "steps": [{"api_key": secret}],
        secret: 1,
        "error": f"https://x.example/{secret}/a",
    }
    assert not stays(secret, mask_value(record))


def test_words_are_not_remembered() -> None:
    record = {"password": "orders", "goal": "count the orders", "otp": 1234, "total": 1234}
    assert mask_value(record) == {
        "password": "[masked: password]",
        "goal": "count the orders",
        "otp": "[masked: secret]",
        "total": 1234,
    }


def test_a_redactor_remembers_a_record_for_the_texts_around_it() -> None:
    secret = PIECES.of("abcdefghjk23456789", 20)
    learnt = Redactor().learn({"env": {"API_TOKEN": secret}})
    remembering = Redactor().knowing(learnt)
    assert remembering.text(f"run-{secret}.json") == "run-[masked: token].json"
    assert Redactor().text(f"run-{secret}.json") == f"run-{secret}.json"


@pytest.mark.parametrize("kind", ["GitHub token", "Slack bot token", "JWT", "Anthropic key", "OpenAI key"])
@pytest.mark.parametrize("filler", [",", "x,", '{"a":1},', "。"])
def test_no_piece_of_a_token_is_left_at_the_cut_of_a_text_without_blanks(kind: str, filler: str) -> None:
    secret = TOKENS[kind](PIECES)
    for before in (LIMIT - len(secret) - 3, LIMIT - len(secret) // 2, LIMIT - 9, LIMIT - 1):
        text = (filler * LIMIT)[: before - 1] + ";" + secret + ";" + filler * 400
        shown = mask_text(text)
        assert not stays(secret, shown)
        assert secret[:8] not in shown
        assert mask_text(shown) == shown


SECRET_NAMES = [
    "OPENAI_KEY", "API_KEY_PROD", "api_key_v2", "token1", "GITHUB_PAT", "PASS", "authentication", "mfa_code", "seed_phrase",
    "contraseña", "senha", "токен", "密钥", "dbPass", "clientSecretValue", "X-Auth", "motDePasse", "hasło", "パスワード",
]  # fmt: skip
OTHER_NAMES = [
    "credentialDurationSeconds", "secretRotationDays", "passwordResetAttempts", "jwtAlgorithm", "max_tokens", "token_type",
    "nextPageToken", "primary_key", "partitionKey", "passwordPolicy", "secretName", "tokenExpirySeconds", "key_prefix", "author",
]  # fmt: skip


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_names_are_judged_by_their_parts(name: str) -> None:
    assert judge(name).strength >= Strength.LIKELY
    assert "hunter2x" not in str(mask_value({name: "hunter2x"}))


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_names_about_secrets_are_none(name: str) -> None:
    assert judge(name).strength < Strength.LIKELY
    for value in (3600, "HS256", "orders-tls"):
        assert mask_value({name: value}) == {name: value}


def test_an_aionis_mask_inside_of_a_token_is_part_of_it() -> None:
    token = "xo" + f"xb-[PHONE#7a3180ba]-{PIECES.alnum(24)}"
    assert mask_text(f"sent {token} twice") == "sent [masked: Slack token] twice"
    assert (
        mask_text("call [PHONE#7a3180ba] or mail [EMAIL#0123abcd]") == "call [PHONE#7a3180ba] or mail [EMAIL#0123abcd]"
    )


def test_an_unquoted_value_ends_where_it_ends() -> None:
    secret = "django-" + f"insecure-+(%a(6q){PIECES.alnum(8)}&z!f*9!uid)oj%+@aw^d-6eb=#q2"
    assert not stays(secret, mask_text(f"SECRET_KEY={secret}\nDEBUG=1"))
    assert mask_text(f"SECRET_KEY={secret}\nDEBUG=1").endswith("\nDEBUG=1")
    assert (
        mask_text("call(password=abc12345x, retries=3) failed") == "call(password=[masked: password], retries=3) failed"
    )


def test_a_mention_of_a_key_is_no_key() -> None:
    mention = (
        "The file begins with -----BEGIN PRIV"
        + "ATE KEY----- and ends with -----END PRIV"
        + "ATE KEY-----, as order 51877 says."
    )
    assert mask_text(mention) == mention


def test_cookies_are_masked_by_their_values() -> None:
    session = PIECES.alnum(26)
    assert (
        mask_text(f"Cookie: theme=dark; sid={session}; lang=en") == "Cookie: theme=dark; sid=[masked: cookie]; lang=en"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"refund re_{PIECES.alnum(24)} of ch_{PIECES.alnum(24)}",
        "LeaseRenewer:msrabi@host:9000",
        f"golang.org/x/net v0.17.0 h1:{PIECES.base64(32)}",
        f"sha512-{PIECES.base64(64)}",
        "unexpected token: EOF",
        "credentials: include",
        'token = request.headers.get("X-Api-Token")',
        "OPENAI_API_KEY=your-api-key-here",
        f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/orders-{PIECES.alnum(6)}",
        "com.example.security.oauth2.client.OAuth2AccessTokenResponseHttpMessageConverter32",
        "max_tokens=4000",
        "Error=0x7f3a91c2d8e0",
        f"run {PIECES.hex(12)} failed, order {PIECES.alnum(8)} stays, trace {PIECES.hex(32)}",
        "self.token = token",
    ],
)
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    assert mask_text(text) == text
    assert mask_value({"text": text}) == {"text": text}


@pytest.mark.parametrize(
    "value",
    [
        {"letters": ["a", "b", "c", "d", "e", "f", "g", "h", "i"]},
        {"chunks": [{"delta": "The order"}, {"delta": " was refunded 2026"}]},
        {"lines": ["step 1 ok", "step 2 failed", "see run 5f2c9a1b"]},
    ],
)
def test_lists_of_ordinary_texts_stay_as_they_are(value: Any) -> None:
    assert mask_value(value) == value


def test_a_key_read_line_by_line_is_masked_line_by_line() -> None:
    lines = PIECES.pem("RSA PRIV" + "ATE KEY").split("\n")
    assert set(mask_value({"lines": ["$ cat id_rsa", *lines, "$"]})["lines"]) == {
        "$ cat id_rsa",
        "[masked: private key]",
        "$",
    }


def test_a_value_is_masked_that_is_streamed_after_its_name() -> None:
    secret = Pieces(7).of(LOWER, 12) + Pieces(8).alnum(12)
    chunks = [{"delta": "api_key="}, {"delta": secret[:9]}, {"delta": secret[9:]}, {"delta": " done"}]
    shown = Redactor().value(chunks)
    assert not stays(secret, shown)
    assert shown[3] == {"delta": " done"}


def test_an_assignment_is_read_in_hexadecimal_with_its_sign() -> None:
    secret = Pieces(7).alnum(20)
    assert not stays(secret, Redactor().text(f"body=0x{f'token={secret}'.encode().hex()}"))
    assert Redactor().text(f"body=0x{f'token={secret}'.encode().hex()}") == "body=[masked: secret]"
